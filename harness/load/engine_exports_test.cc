// Requests whose bodies are made anew, against receivers that a script plays: each gets the body of
// its number, and what is answered is counted.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "harness/load/engine_testing.h"
#include "harness/load/http/http2_testing.h"
#include "harness/load/session/grpc_frame.h"

namespace tracetax::testing {
namespace {

constexpr int kSpans = 10;

/// "number/trace id/" and as many x as the number says, `scale` times.
std::string body_of(const RequestIds& ids, std::uint64_t number, std::size_t scale = 1) {
  return fmt::format("{}/{}/", number, to_hex(ids.at(number).trace_id)) +
         std::string(number % 100 * scale, 'x');
}

/// "rejected MESSAGE"; "?" cannot be read.
ExportAnswer read_words(std::string_view body) {
  if (body.size() > kGrpcPrefixSize && body[0] == '\0') body.remove_prefix(kGrpcPrefixSize);
  ExportAnswer answer;
  answer.readable = body != "?";
  if (!body.empty() && body[0] >= '0' && body[0] <= '9')
    answer.rejected = static_cast<std::uint64_t>(std::stoi(std::string(body)));
  if (const std::size_t blank = body.find(' '); blank != std::string_view::npos)
    answer.message = body.substr(blank + 1);
  return answer;
}

SpanExports made_exports(std::size_t scale = 1) {
  SpanExports exports;
  exports.new_maker = [scale] {
    return [scale, thread = std::optional<std::thread::id>()](const BodyRequest& request,
                                                              BodyBuffer& out) mutable {
      if (!request.without_spans) {
        // A check makes one in its caller's thread, with a worker of its own.
        if (!thread) thread = std::this_thread::get_id();
        EXPECT_EQ(*thread, std::this_thread::get_id()) << "a maker belongs to one worker";
      }
      const std::string body =
          request.without_spans ? "" : body_of(request.ids, request.number, scale);
      out.append(body);
      return 3 * body.size();
    };
  };
  exports.read = read_words;
  exports.packed = true;
  exports.spans = kSpans;
  return exports;
}

PreparedScenario http_exports(std::size_t scale = 1) {
  PreparedScenario scenario;
  RequestTemplate& head = scenario.requests.emplace_back();
  head.bytes = "POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Length: ";
  head.length_at = head.bytes.size();
  head.bytes += std::string(kLengthWidth, ' ') + "\r\n\r\n";
  scenario.exports = made_exports(scale);
  return scenario;
}

PreparedScenario grpc_exports(std::size_t scale = 1) {
  PreparedScenario scenario = simple_grpc_scenario();
  scenario.streams[0].messages.clear();
  scenario.exports = made_exports(scale);
  return scenario;
}

LoadSetup setup_of(const ScriptedServer& server, PreparedScenario scenario, int connections = 1) {
  LoadSetup setup;
  setup.endpoint = server.endpoint();
  setup.scenario = std::move(scenario);
  setup.connections = connections;
  setup.streams = 4;
  setup.release = ReleaseMode::sleep;
  return setup;
}

LoadResult run_exports(const ScriptedServer::Script& script, PreparedScenario scenario,
                       std::uint64_t count) {
  ScriptedServer server{script};
  return connect(setup_of(server, std::move(scenario)))->run(closed_phase(count));
}

/// The bodies that came, by number.
class Bodies {
 public:
  void add(std::string_view body) {
    const std::lock_guard lock(mutex_);
    bodies_[std::stoull(std::string(body))].emplace_back(body);
  }
  void expect_all(const LoadResult& result, std::size_t scale = 1) const {
    EXPECT_EQ(bodies_.size(), result.sent);
    for (const auto& [number, bodies] : bodies_) {
      EXPECT_EQ(bodies.size(), 1U) << number;
      EXPECT_EQ(bodies[0], body_of(closed_phase(1).ids, number, scale));
    }
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::vector<std::string>> bodies_;
};

std::string body_in(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

ScriptedServer::Script receiver(Bodies& bodies) {
  return [&bodies](Peer& peer) {
    while (const auto request = peer.read_request()) {
      bodies.add(body_in(*request));
      peer.send(answer(""));
    }
  };
}

TEST(EngineExports, OverHttpEachRequestHasItsOwnBodyAndLength) {
  Bodies bodies;
  ScriptedServer server{receiver(bodies)};
  LoadSetup setup = setup_of(server, http_exports(), 4);
  setup.threads = 2;
  const LoadResult result = connect(std::move(setup))->run(closed_phase(500));
  EXPECT_EQ(result.ok, 500U);
  bodies.expect_all(result);
  ASSERT_TRUE(result.otlp);
  EXPECT_EQ(result.otlp->spans_sent, 500U * kSpans);
  EXPECT_EQ(result.otlp->spans_accepted, 500U * kSpans);
  EXPECT_EQ(result.otlp->bytes_made, 3 * result.otlp->bytes_packed);
  EXPECT_GT(result.otlp->bytes_sent, result.otlp->bytes_packed);
  EXPECT_EQ(result.otlp->bytes_sent, result.bytes_sent);
  EXPECT_GT(result.otlp->making_ns, 0U);
  expect_closed_books(result);
}

TEST(EngineExports, BodiesLargerThanTheSocketTakesArriveWhole) {
  constexpr std::size_t kScale = 4'000'000;  // number 3 has 12 MB
  Bodies bodies;
  const LoadResult result = run_exports(receiver(bodies), http_exports(kScale), 4);
  EXPECT_EQ(result.ok, 4U);
  bodies.expect_all(result, kScale);
}

TEST(EngineExports, OverGrpcEachMessageIsFramedAndFlagged) {
  Bodies bodies;
  std::atomic<int> unflagged{0};
  const LoadResult result = run_exports(http2_server([&](Http2Peer& peer, const Http2Request& r) {
                                          unflagged += r.body.at(0) == '\1' ? 0 : 1;
                                          std::string body = r.body;
                                          body[0] = '\0';
                                          bodies.add(grpc_messages(body).at(0));
                                          peer.answer_grpc(r.stream, {""});
                                        }),
                                        grpc_exports(1'000), 300);
  EXPECT_EQ(result.ok, 300U);
  EXPECT_EQ(unflagged, 0);
  bodies.expect_all(result, 1'000);
  expect_closed_books(result);
}

TEST(EngineExports, WhatWasRejectedIsCountedAndNobodyKnowsWhichSpansItWas) {
  const auto script = [](Peer& peer) {
    for (int i = 0; const auto request = peer.read_request(); ++i)
      peer.send(answer(i == 1 ? "3 too old" : i == 2 ? "99" : i == 3 ? "0 soon no more" : ""));
  };
  const LoadResult result = run_exports(script, http_exports(), 5);
  EXPECT_EQ(result.ok, 5U);
  EXPECT_EQ(result.otlp->spans_rejected, 3U + kSpans) << "no more than a request has";
  EXPECT_EQ(result.otlp->spans_accepted, 5U * kSpans - 3 - kSpans);
  EXPECT_EQ(result.otlp->partial_successes, 2U);
  EXPECT_EQ(result.otlp->warnings, 1U);
  EXPECT_EQ(result.otlp->message, "too old");
  EXPECT_EQ(result.uncertain, (std::vector<std::uint64_t>{1, 2}));
}

TEST(EngineExports, AnAnswerThatCannotBeReadIsAnError) {
  const LoadResult result = run_exports(always(answer("?")), http_exports(), 3);
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(count_of(result, "malformed"), 3U);
  EXPECT_EQ(result.otlp->spans_accepted, 0U);
  expect_closed_books(result);
}

TEST(EngineExports, RefusalsAreCountedByKindAndNothingIsSentAgain) {
  Bodies bodies;
  const auto script = [&bodies](Peer& peer) {
    for (int i = 0; const auto request = peer.read_request(); ++i) {
      bodies.add(body_in(*request));
      if (i % 2 == 0) {
        peer.send("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nwait");
      } else {
        peer.send(answer("bad", "400 Bad Request"));
      }
    }
  };
  const LoadResult result = run_exports(script, http_exports(), 10);
  EXPECT_EQ(result.sent, 10U);
  EXPECT_EQ(count_of(result, "status_503"), 5U);
  EXPECT_EQ(count_of(result, "status_400"), 5U);
  EXPECT_EQ(result.otlp->retryable, (std::map<std::string, std::uint64_t>{{"status_503", 5}}));
  bodies.expect_all(result);
  expect_closed_books(result);
}

TEST(EngineExports, GrpcRefusalsAndResetsAreCountedByKind) {
  std::atomic<int> count{0};
  const LoadResult result = run_exports(http2_server([&](Http2Peer& peer, const Http2Request& r) {
                                          const int i = count++;
                                          if (i % 3 == 0) peer.answer_grpc(r.stream, {}, "14");
                                          if (i % 3 == 1) peer.send_reset(r.stream, 8);
                                          if (i % 3 == 2) peer.answer_grpc(r.stream, {""});
                                        }),
                                        grpc_exports(), 9);
  EXPECT_EQ(result.ok, 3U);
  EXPECT_EQ(count_of(result, "UNAVAILABLE"), 3U);
  EXPECT_EQ(count_of(result, "rst_stream_CANCEL"), 3U);
  EXPECT_EQ(result.otlp->retryable.at("UNAVAILABLE"), 3U);
  EXPECT_EQ(result.otlp->spans_accepted, 3U * kSpans);
  expect_closed_books(result);
}

TEST(EngineExports, ConnectionsThatEndInsideOfAnAnswerLoseOnlyTheirRequest) {
  std::atomic<int> connections{0};
  const auto script = [&](Peer& peer) {
    const bool breaks = connections++ % 2 == 0;
    while (const auto request = peer.read_request()) {
      if (breaks) return peer.send_and_close("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12");
      peer.send(answer("", "200 OK\r\nConnection: close"));
      return peer.close();
    }
  };
  const LoadResult result = run_exports(script, http_exports(), 6);
  EXPECT_EQ(result.sent, 6U);
  EXPECT_EQ(count_of(result, "closed"), 3U);
  EXPECT_EQ(result.ok, 3U);
  expect_closed_books(result);
}

// Above the last stream of a GOAWAY nothing was taken: the same number is sent again, as the same
// body.
TEST(EngineExports, WhatAGoawayLeftIsMadeAgainTheSame) {
  Bodies bodies;
  std::atomic<int> connections{0};
  ScriptedServer server{[&](Peer& raw) {
    const bool refuses = connections++ == 0;
    Http2Peer peer(raw);
    while (const auto request = peer.read_request()) {
      if (refuses) return peer.send_goaway(0, 0);
      std::string body = request->body;
      body[0] = '\0';
      bodies.add(grpc_messages(body).at(0));
      peer.answer_grpc(request->stream, {""});
    }
  }};
  const LoadResult result = connect(setup_of(server, grpc_exports()))->run(closed_phase(8));
  EXPECT_EQ(result.ok, 8U);
  EXPECT_GT(result.retries, 0U);
  bodies.expect_all(result);
}

TEST(EngineExports, TheCheckBeforeAnyTimingCarriesNoSpans) {
  std::string body = "none came";
  ScriptedServer server{[&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      body = body_in(*request);
      peer.send(answer(""));
    }
  }};
  EXPECT_TRUE(check_once(server.endpoint(), http_exports(), 5s));
  EXPECT_EQ(body, "");
}

}  // namespace
}  // namespace tracetax::testing
