// Load as people make it: requests in turn by weight, cookies, thinking, rates that change,
// redirects.
// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <map>
#include <mutex>

#include "harness/load/engine_testing.h"
#include "harness/load/http/http2_testing.h"

namespace tracetax {
namespace {

using namespace testing;
using namespace std::chrono_literals;

RequestTemplate get(const std::string& path) {
  RequestTemplate request;
  request.bytes = "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
  request.fields_end = request.bytes.size() - 2;
  return request;
}

std::string header_of(const std::string& request, const std::string& name) {
  const std::size_t at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t from = at + name.size() + 4;
  return request.substr(from, request.find("\r\n", from) - from);
}

std::string path_in(const std::string& request) {
  const std::size_t from = request.find(' ') + 1;
  return request.substr(from, request.find(' ', from) - from);
}

/// "PATH COOKIE" of each request, connection by connection.
using Walks = std::vector<std::vector<std::string>>;

struct WalkLog {
  std::mutex mutex;
  Walks walks;

  std::size_t open() {
    const std::lock_guard lock(mutex);
    walks.emplace_back();
    return walks.size() - 1;
  }
  void add(std::size_t walk, std::string step) {
    const std::lock_guard lock(mutex);
    walks[walk].push_back(std::move(step));
  }
};

PreparedScenario login_and_two_looks() {
  PreparedScenario scenario;
  scenario.requests = {get("/login"), get("/me")};
  scenario.turns = {{0, 1, 1, 0}, {1, 1, 2, 0}, {1, 1, 2, 1}};
  scenario.keeps_cookies = true;
  return scenario;
}

void expect_walks(const Walks& walks, std::size_t steps) {
  std::size_t all = 0;
  for (std::size_t w = 0; w < walks.size(); ++w) {
    const std::string cookie = "sid=" + std::to_string(w);
    for (std::size_t i = 0; i < walks[w].size(); ++i) {
      const std::string path = i % 3 == 0 ? "/login" : "/me";
      EXPECT_EQ(walks[w][i], path + " " + (i == 0 ? "" : cookie)) << w << " " << i;
    }
    all += walks[w].size();
  }
  EXPECT_EQ(all, steps);
}

TEST(EngineSessions, KeepCookiesPerConnectionInEveryoneOwnTurn) {
  WalkLog log;
  ScriptedServer server{[&](Peer& peer) {
    const std::size_t walk = log.open();
    while (const auto request = peer.read_request()) {
      log.add(walk, path_in(*request) + " " + header_of(*request, "Cookie"));
      peer.send(path_in(*request) == "/login"
                    ? fmt::format("HTTP/1.1 200 OK\r\nset-cookie: sid={}; HttpOnly\r\n"
                                  "Set-Cookie: old=; Max-Age=0\r\nContent-Length: 0\r\n\r\n",
                                  walk)
                    : answer("me"));
    }
  }};
  LoadSetup setup = setup_for(server, 3);
  setup.scenario = login_and_two_looks();
  const LoadResult result = connect(setup)->run(closed_phase(60));
  EXPECT_EQ(result.ok, 60U);
  server.close_all();
  EXPECT_EQ(log.walks.size(), 3U);
  expect_walks(log.walks, 60);
}

TEST(EngineSessions, KeepThemOverHttp2Too) {
  WalkLog log;
  ScriptedServer server{[&](Peer& peer) {
    const std::size_t walk = log.open();
    http2_server([&, walk](Http2Peer& to, const Http2Request& request) {
      const auto cookie = request.fields.find("cookie");
      log.add(walk, request.fields.at(":path") + " " +
                        (cookie == request.fields.end() ? "" : cookie->second));
      Fields fields{{":status", "200"}};
      if (request.fields.at(":path") == "/login")
        fields.emplace_back("set-cookie", fmt::format("sid={}; Path=/", walk));
      to.send_fields(request.stream, fields, true);
    })(peer);
  }};
  LoadSetup setup = setup_for(server, 2);
  setup.streams = 1;
  setup.scenario = simple_http2_scenario();
  StreamTemplate login = setup.scenario.streams.front();
  StreamTemplate me = login;
  const auto set_path = [](StreamTemplate& stream, const char* path) {
    std::ranges::find(stream.fields, ":path", &HeaderField::name)->value = path;
  };
  set_path(login, "/login");
  set_path(me, "/me");
  setup.scenario.streams = {login, me};
  setup.scenario.turns = login_and_two_looks().turns;
  setup.scenario.keeps_cookies = true;
  const LoadResult result = connect(setup)->run(closed_phase(30));
  EXPECT_EQ(result.ok, 30U);
  server.close_all();
  expect_walks(log.walks, 30);
}

// --- The formats of the trace context ---

using Contexts = std::map<std::string, int>;

// How often each context is due, as all its fields behind each other.
Contexts planned_contexts(const LoadResult& result, const RequestIds& ids) {
  Contexts counts;
  for (std::uint64_t k = 0; k < result.due; ++k) {
    std::string all;
    for (const ContextField field : all_context_fields())
      all += format_context(field, ids.at(k)) + " ";
    ++counts[all];
  }
  return counts;
}

TEST(EngineSessions, EveryFormatTellsTheSameContext) {
  std::mutex mutex;
  Contexts seen;
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      std::string all;
      for (const ContextField field : all_context_fields())
        all += header_of(*request, std::string(name_of(field))) + " ";
      {
        const std::lock_guard lock(mutex);
        ++seen[all];
      }
      peer.send(answer("x"));
    }
  }};
  LoadSetup setup = setup_for(server, 2);
  RequestTemplate request = get("/");
  request.bytes.resize(request.fields_end);
  for (const ContextField field : all_context_fields()) {
    request.bytes += fmt::format("{}: ", name_of(field));
    request.context.push_back({field, request.bytes.size()});
    request.bytes += format_context(field, {}) + "\r\n";
  }
  request.bytes += "\r\n";
  setup.scenario.requests = {request};
  const LoadPhase phase = open_phase(1'000, 100ms, 0.5);
  const LoadResult result = connect(setup)->run(phase);
  EXPECT_EQ(result.ok, 100U);
  EXPECT_EQ(seen, planned_contexts(result, phase.ids));
}

// Many calls are begun before any is serialised: each keeps its own values until then.
TEST(EngineSessions, EveryFormatTellsTheSameContextOverHttp2) {
  Contexts seen;
  StreamTemplate stream;
  stream.fields = {{":method", "GET"}, {":scheme", "http"}, {":authority", "t"}, {":path", "/"}};
  for (const ContextField field : all_context_fields()) {
    std::string name(name_of(field));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    stream.context.push_back({field, stream.fields.size()});
    stream.fields.push_back({name, format_context(field, {})});
  }
  ScriptedServer server{http2_server([&](Http2Peer& peer, const Http2Request& request) {
    std::string all;
    for (const ContextPlace& place : stream.context)
      all += request.fields.at(stream.fields[place.at].name) + " ";
    ++seen[all];
    peer.answer(request.stream, "");
  })};
  LoadSetup setup = setup_for(server, 1);
  setup.streams = 30;
  setup.scenario = simple_http2_scenario();
  setup.scenario.streams = {stream};
  LoadPhase phase = closed_phase(300);
  phase.ids = RequestIds{7, *SampleRate::make(0.5)};
  const LoadResult result = connect(setup)->run(phase);
  EXPECT_EQ(result.ok, 300U);
  EXPECT_EQ(seen, planned_contexts(result, phase.ids));
}

// The same request goes out again, not the next in turn.
TEST(EngineSessions, SendAgainWhatWasNotTaken) {
  WalkLog log;
  std::atomic<int> taken{0};
  ScriptedServer server{[&](Peer& peer) {
    const std::size_t walk = log.open();
    while (const auto request = peer.read_request()) {
      log.add(walk, path_in(*request));
      peer.send(answer(""));
      if (++taken == 4) return peer.close();  // idle for the driver: what it sends then is unread
    }
  }};
  LoadSetup setup = setup_for(server, 1);
  setup.scenario = login_and_two_looks();
  const LoadResult result = connect(setup)->run(closed_phase(12));
  server.close_all();
  std::vector<std::string> steps;
  for (const auto& walk : log.walks) steps.insert(steps.end(), walk.begin(), walk.end());
  if (result.ok == 12) {
    ASSERT_EQ(steps.size(), 12U);
    for (std::size_t i = 0; i < steps.size(); ++i)
      EXPECT_EQ(steps[i], i % 3 == 0 ? "/login" : "/me") << i;
  }
}

TEST(EngineSessions, ThinkAfterAnAnswer) {
  ScriptedServer server{testing::always(answer(""))};
  LoadSetup setup = setup_for(server, 2);
  const auto engine = connect(setup);
  LoadPhase phase = closed_phase(1'000'000);
  phase.duration = 500ms;
  phase.think = {100ms, false};
  const LoadResult result = engine->run(phase);
  // Two connections: at 0, 100, ... 400 ms and no earlier.
  EXPECT_LE(result.ok, 10U);
  EXPECT_GE(result.ok, 4U);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(engine->run(closed_phase(50)).ok, 50U) << "who thought is free again";
}

TEST(EngineSessions, CountTheirRequestsWhoeverThinks) {
  ScriptedServer server{testing::always(answer(""))};
  LoadPhase phase = closed_phase(40);
  phase.think = {5ms, true};
  const LoadResult result = connect(setup_for(server, 4))->run(phase);
  EXPECT_EQ(result.ok, 40U);
  EXPECT_GT(result.elapsed, 10ms);
}

TEST(EngineSessions, AStopEndsThoughts) {
  ScriptedServer server{testing::always(answer(""))};
  const auto engine = connect(setup_for(server, 2));
  LoadPhase phase = closed_phase(1'000);
  phase.think = {1h, false};
  std::stop_source stop;
  std::jthread soon{[&] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  }};
  const auto from = std::chrono::steady_clock::now();
  EXPECT_EQ(engine->run(phase, stop.get_token()).ok, 2U);
  EXPECT_LT(std::chrono::steady_clock::now() - from, 5s);
}

TEST(EngineSessions, SurviveAServerThatClosesWhoThinks) {
  std::atomic<int> connections{0};
  ScriptedServer server{[&](Peer& peer) {
    ++connections;
    if (!peer.read_request()) return;
    peer.send(answer(""));
  }};
  LoadPhase phase = closed_phase(6);
  phase.think = {20ms, false};
  const LoadResult result = connect(setup_for(server, 1))->run(phase);
  EXPECT_EQ(result.ok, 6U);
  EXPECT_EQ(count_of(result, "closed"), 0U);
  EXPECT_GT(result.elapsed, 90ms) << "it thinks on though the connection is another";
}

TEST(EngineSessions, AreOfferedWhatTheStagesSay) {
  ScriptedServer server{testing::always(answer(""))};
  LoadPhase phase = open_phase(0, 400ms);
  phase.stages = {{200ms, 500}, {0ms, 100}, {200ms, 100}};
  LoadSetup setup = setup_for(server, 4);
  setup.threads = 2;
  const LoadResult result = connect(setup)->run(phase);
  EXPECT_EQ(result.due, 70U);
  EXPECT_EQ(result.ok, 70U);
  EXPECT_DOUBLE_EQ(result.asked_rate, 175);
  ASSERT_EQ(result.stages.size(), 2U);
  EXPECT_DOUBLE_EQ(result.stages[0].asked, 50);
  EXPECT_DOUBLE_EQ(result.stages[1].asked, 20);
  EXPECT_EQ(result.stages[1].rate_from, 100);
  EXPECT_EQ(result.stages[0].response.count(), 50);
  EXPECT_EQ(result.stages[1].response.count(), 20);
  EXPECT_LE(result.stages[0].ok + result.stages[1].ok, 70U);
  expect_closed_books(result);
}

TEST(EngineSessions, TellWhereARedirectPointsTo) {
  ScriptedServer server{testing::always(
      "HTTP/1.1 301 Moved\r\nLOCATION: https://h/new\r\nContent-Length: 0\r\n\r\n")};
  LoadSetup setup = setup_for(server, 1);
  EXPECT_EQ(connect(setup)->run(closed_phase(3)).redirected_to, "https://h/new");
  const auto checked = check_once(setup.endpoint, setup.scenario, 5s);
  ASSERT_FALSE(checked);
  EXPECT_NE(
      checked.error().message.find(
          "status 301, expected 200-299: it points to 'https://h/new', and redirects are not"),
      std::string::npos)
      << checked.error().message;
  setup.scenario.status_low = setup.scenario.status_high = 301;
  EXPECT_EQ(connect(setup)->run(closed_phase(3)).redirected_to, "");
}

}  // namespace
}  // namespace tracetax
