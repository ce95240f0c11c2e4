// SPDX-License-Identifier: Apache-2.0
#include "scenarios/plugin/plugin_scenario.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/checkout_testing.h"
#include "harness/load/session/grpc_frame.h"
#include "scenarios/plugin/plugin_host.h"

namespace tracetax {
namespace {

const std::string& wayward() {
  static const std::string file = build_folder() + "/testplugins/wayward.so";
  return file;
}

// A scenario of the wayward plugin; `told` is words such as "<grpc><null path>".
Result<PreparedScenario> prepare(const std::string& told, bool target_is_up = true) {
  static const auto plugin = load_plugin(wayward());
  if (!plugin) return failure(plugin.error());
  Json options = Json::object();
  options["do"] = told;
  const ScenarioSpec spec{
      .name = "x", .kind = "wayward", .options = options, .folder = "the/folder", .targets = {}};
  return plugin->prepare(spec, {{"127.0.0.1", 8080}, {ContextFormat::w3c}, target_is_up});
}

int alive() {
  void* library = dlopen(wayward().c_str(), RTLD_NOW | RTLD_LOCAL);
  const int count = reinterpret_cast<int (*)()>(dlsym(library, "wayward_scenarios_alive"))();
  dlclose(library);
  return count;
}

// The error without its beginning, which is the same everywhere and is checked here.
std::string complaint(const std::string& told) {
  const auto prepared = prepare(told);
  if (prepared) return "nothing";
  EXPECT_EQ(prepared.error().code, ExitCode::usage);
  const std::string place = "scenarios.x: plugin '" + wayward() + "': ";
  const std::string& message = prepared.error().message;
  EXPECT_TRUE(message.starts_with(place)) << message;
  EXPECT_EQ(alive(), 0) << told;
  return message.substr(std::min(place.size(), message.size()));
}

void expect_complaint(const std::string& told, const std::string& part) {
  const std::string said = complaint(told);
  EXPECT_NE(said.find(part), std::string::npos) << told << ": '" << part << "' is not in: " << said;
}

TEST(PluginScenario, BecomesRequestsOfHttp1) {
  const auto prepared = prepare("<body><201>");
  ASSERT_TRUE(prepared) << prepared.error().message;
  EXPECT_EQ(prepared->protocol, Protocol::http1);
  ASSERT_EQ(prepared->requests.size(), 2U);
  const std::string& bytes = prepared->requests[1].bytes;
  EXPECT_TRUE(bytes.starts_with("POST /items/1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\ntraceparent: "))
      << bytes;
  EXPECT_TRUE(bytes.ends_with("X-Kind: wayward\r\nContent-Length: 5\r\n\r\nhello")) << bytes;
  EXPECT_EQ(prepared->status_low, 201);
  EXPECT_EQ(prepared->status_high, 201);
}

TEST(PluginScenario, BecomesStreamsOfHttp2) {
  const auto prepared = prepare("<http2><tls>");
  ASSERT_TRUE(prepared) << prepared.error().message;
  EXPECT_EQ(prepared->protocol, Protocol::http2);
  EXPECT_EQ(prepared->streams.at(1).fields.at(3).value, "/items/1");
  EXPECT_EQ(prepared->status_high, 299);
  ASSERT_TRUE(prepared->tls);
  EXPECT_EQ(prepared->tls->ca_file, "the/folder/ca.pem");
  EXPECT_TRUE(prepared->tls->insecure);
}

TEST(PluginScenario, BecomesCallsOfGrpc) {
  const auto prepared = prepare("<grpc><streams><deadline>");
  ASSERT_TRUE(prepared) << prepared.error().message;
  EXPECT_EQ(prepared->protocol, Protocol::grpc);
  EXPECT_EQ(prepared->status_low, 0);
  EXPECT_EQ(prepared->status_high, 0);
  EXPECT_TRUE(prepared->answers_with_messages);
  EXPECT_TRUE(prepared->takes_turns);
  EXPECT_EQ(prepared->deadline, Nanos{1'000'000'000});
  const StreamTemplate& stream = prepared->streams.at(1);
  EXPECT_EQ(stream.messages, (std::vector{grpc_frame("ab"), grpc_frame("")}));
  ASSERT_EQ(stream.context.size(), 1U);
  EXPECT_EQ(stream.fields.at(stream.context[0].at).name, "traceparent");
  EXPECT_EQ(stream.fields.back().name, "x-kind");
}

TEST(PluginScenario, MaySayLaterHowManyRequestsThereAre) {
  EXPECT_TRUE(prepare("<knows when up>", false));
  EXPECT_EQ(prepare("<knows when up>")->requests.size(), 2U);
}

TEST(PluginScenario, ChecksAnswersByTheirRequest) {
  const auto http = prepare("");
  ASSERT_TRUE(http) << http.error().message;
  EXPECT_TRUE(http->check(0, 200, "right 0"));
  EXPECT_TRUE(http->check(7, 200, "right 1"));
  EXPECT_FALSE(http->check(7, 200, "right 0"));
  EXPECT_FALSE(http->check(0, 200, ""));
  const auto grpc = prepare("<grpc>");
  ASSERT_TRUE(grpc) << grpc.error().message;
  EXPECT_TRUE(grpc->check(1, 0, grpc_frame("right") + grpc_frame("1")));
  EXPECT_FALSE(grpc->check(1, 0, grpc_frame("right 1") + grpc_frame("")));
  EXPECT_TRUE(grpc->check(
      1, 0, grpc_frame("right") + grpc_frame("1") + grpc_frame("cut off").substr(0, 7)));
}

TEST(PluginScenario, ChecksFromSeveralThreadsAtOnce) {
  const auto http = prepare("");
  ASSERT_TRUE(http);
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (std::uint64_t n = 0; n < 1000; ++n) {
          if (!http->check(n, 200, n % 2 == 0 ? "right 0" : "right 1")) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong.load(), 0);
}

TEST(PluginScenario, LivesAsLongAsItsAnswersAreChecked) {
  {
    const auto prepared = prepare("");
    ASSERT_TRUE(prepared);
    const AnswerCheck copy = prepared->check;
    EXPECT_EQ(alive(), 1);
  }
  EXPECT_EQ(alive(), 0);
}

TEST(PluginScenario, PassesOnWhatCreateSays) {
  EXPECT_EQ(complaint("<create: says nothing>"), "create failed and gave no reason");
  EXPECT_EQ(complaint("<create: tells folder>"), "the/folder");
  expect_complaint("<create: throws>", "create threw an exception: out of ideas");
  expect_complaint("<create: endless text>", "xxxx");
  const std::string lines = prepare("<create: two lines>").error().message;
  const std::string place = "scenarios.x: plugin ";
  EXPECT_TRUE(lines.starts_with(place)) << lines;
  EXPECT_NE(lines.find("path: is missing\n" + place), std::string::npos) << lines;
  EXPECT_EQ(lines.find('\x1b'), std::string::npos) << "a plugin must not steer the terminal";
}

TEST(PluginScenario, RefusesAPlanOutOfItsBounds) {
  EXPECT_EQ(complaint("<prepare: fails>"), "no luck");
  expect_complaint("<prepare: throws>", "prepare threw an exception that is no std::exception");
  expect_complaint("<protocol 9>", "protocol: 9 is none");
  expect_complaint("<no requests>", "request_count: 0");
  expect_complaint("<too many requests>", "request_count: 100001 are too many");
  expect_complaint("<status upside down>", "300 to 200 is no range");
  expect_complaint("<flag 64><grpc>", "0x40 has unknown bits");
  expect_complaint("<streams>", "flags: are for gRPC only");
  expect_complaint("<deadline>", "deadline_ns: is for gRPC only");
}

TEST(PluginScenario, RefusesARequestThatCannotBeSent) {
  EXPECT_EQ(complaint("<make: fails>"), "requests[1]: out of items");
  expect_complaint("<make: throws>", "requests[1]: make_request threw an exception: no more");
  for (const std::string protocol : {"", "<http2>", "<grpc>"}) {
    expect_complaint(protocol + "<null path>", "requests[1]: path: is a null pointer");
    expect_complaint(protocol + "<bad path>", "requests[1]: path");
    expect_complaint(protocol + "<null headers>", "requests[1]: headers: is a null pointer");
    expect_complaint(protocol + "<nameless header>",
                     "requests[1]: headers[0].name: is a null pointer");
    expect_complaint(protocol + "<own traceparent>", "requests[1]: header");
    expect_complaint(protocol + "<countless headers>",
                     "requests[1]: header_count: 4294967295 are too many");
  }
  expect_complaint("<bad method>", "requests[1]: method 'GET IT' is not");
  expect_complaint("<null body>", "requests[1]: body: data is a null pointer");
  expect_complaint("<huge body>", "requests[1]: body: all requests together are larger than");
  expect_complaint("<grpc><bad method>", "requests[1]: method: is for HTTP only");
  expect_complaint("<grpc><body>", "requests[0]: body: is for HTTP only");
  expect_complaint("<grpc><null messages>", "requests[1]: messages: is a null pointer");
  expect_complaint("<grpc><null message>", "requests[1]: messages[0]: data is a null pointer");
  expect_complaint("<grpc><no messages>", "requests[1]: messages: a call needs at least one");
}

TEST(PluginScenario, SurvivesExceptionsInTheHotLoopAndAtTheEnd) {
  const auto prepared = prepare("<check: throws><destroy: throws>");
  ASSERT_TRUE(prepared) << prepared.error().message;
  EXPECT_FALSE(prepared->check(0, 200, "right 0"));
}

}  // namespace
}  // namespace tracetax
