// Targets that consist of several services over HTTP, each in this process: go-micro's two and
// Dapr's four. As processes they are in test_framework_targets.py.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "targets/engine/http_connection.h"
#include "targets/frameworks/dapr.h"
#include "targets/request/exchange_fixture.h"
#include "targets/service/shape_testing.h"
#include "targets/stages/client/blocking_connection.h"
#include "targets/stages/client/call_wire.h"

namespace tracetax {
namespace {

constexpr const char* kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr const char* kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

/// Sends a request by hand; the answer's status and body.
Exchange ask(std::uint16_t port, const std::string& request) {
  Exchange exchange;
  exchange.status = 0;
  const auto connection = BlockingConnection::connect({"127.0.0.1", port}).value();
  EXPECT_TRUE(connection->send(request));
  std::string bytes;
  std::size_t least = 0;
  while (connection->receive(bytes)) {
    if (read_http_answer(bytes, false, exchange, least) != CallFormat::Read::need_more) break;
  }
  return exchange;
}

std::string get_user(const char* traceparent) {
  return fmt::format("GET /users/42 HTTP/1.1\r\nHost: x\r\ntraceparent: {}\r\n\r\n", traceparent);
}

std::string micro_echo(const char* traceparent) {
  constexpr std::string_view kBody = R"({"text":"hello"})";
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nMicro-Service: bench\r\n"
      "Micro-Endpoint: Bench.Echo\r\nTraceparent: {}\r\nContent-Length: {}\r\n\r\n{}",
      traceparent, kBody.size(), kBody);
}

struct MicroChain {
  MicroChain()
      : back("gomicro-chain-back"), front("gomicro-chain", {.back = {"127.0.0.1", back.port()}}) {}
  RunningService back;
  RunningService front;
};

TEST(GoMicroChain, ACallIsFourSpansInARow) {
  MicroChain chain;
  const Exchange answer = ask(chain.front.port(), micro_echo(kSampled));
  EXPECT_EQ(answer.status, 200U) << answer.answer;
  EXPECT_EQ(answer.answer, "{\"text\":\"hello\"}\n");
  const auto& front = chain.front.stop();
  const auto& back = chain.back.stop();
  ASSERT_EQ(front.size(), 3U);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(front[0].kind(), otlp::Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(front[1].kind(), otlp::Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(front[2].kind(), otlp::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(back[0].parent_span_id(), front[0].span_id());
  EXPECT_EQ(front[0].parent_span_id(), front[1].span_id());
  EXPECT_EQ(front[1].parent_span_id(), front[2].span_id());
  for (const auto& span : front) EXPECT_EQ(span.attributes_size() + span.events_size(), 0);
}

TEST(GoMicroChain, AnUnsampledDecisionIsPassedOn) {
  MicroChain chain;
  EXPECT_EQ(ask(chain.front.port(), micro_echo(kUnsampled)).status, 200U);
  EXPECT_TRUE(chain.front.stop().empty());
  EXPECT_TRUE(chain.back.stop().empty());
}

struct DaprChain {
  explicit DaprChain(const EnvironmentMap& variables = {})
      : app("dapr-app", {}, variables),
        peer("dapr-peer", {.back = {"127.0.0.1", app.port()}}, variables),
        sidecar("dapr-sidecar", {.back = {"127.0.0.1", peer.port()}}, variables),
        front("dapr", {.back = {"127.0.0.1", sidecar.port()}}, variables) {}
  RunningService app;
  RunningService peer;
  RunningService sidecar;
  RunningService front;
};

// Of a chain one service obeys, so that no effect comes twice.
TEST(GoMicroChain, WhatAQueryAsksForComesOnce) {
  MicroChain chain;
  const auto asked = [](std::string_view query) {
    std::string request = micro_echo(kSampled);
    return request.replace(request.find("/ "), 1, fmt::format("/?{}", query));
  };
  EXPECT_EQ(ask(chain.front.port(), asked("late=20ms&slow=20ms")).status, 200U);
  for (int i = 0; i < 10'000 && chain.front.counts().ended + chain.back.counts().ended < 5; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(ask(chain.front.port(), asked("fail=1")).status, 500U);
  EXPECT_EQ(chain.front.stop().size(), 3U + 1U + 3U);
  EXPECT_EQ(chain.back.stop().size(), 1U + 1U);
}

TEST(Dapr, AQueryReachesTheApplicationBehind) {
  DaprChain chain;
  std::string request = get_user(kSampled);
  EXPECT_EQ(ask(chain.front.port(), request.replace(request.find(" HTTP"), 0, "?fail=1")).status,
            500U);
}

TEST(Dapr, ARequestIsTwoSpansAcrossFourServices) {
  DaprChain chain;
  const Exchange answer = ask(chain.front.port(), get_user(kSampled));
  EXPECT_EQ(answer.status, 200U) << answer.answer;
  EXPECT_TRUE(answer.answer.starts_with(R"({"id":42,"name":"user-42")")) << answer.answer;
  EXPECT_TRUE(chain.front.stop().empty());
  const auto& sidecar = chain.sidecar.stop();
  const auto& peer = chain.peer.stop();
  EXPECT_TRUE(chain.app.stop().empty());
  ASSERT_EQ(sidecar.size(), 1U);
  ASSERT_EQ(peer.size(), 1U);
  EXPECT_EQ(to_hex_text(sidecar[0].trace_id()), kShapeTrace);
  EXPECT_EQ(to_hex_text(sidecar[0].parent_span_id()), kShapeParent);
  EXPECT_EQ(sidecar[0].kind(), otlp::Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(peer[0].parent_span_id(), sidecar[0].span_id());
  EXPECT_EQ(peer[0].kind(), otlp::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(peer[0].name(), sidecar[0].name());
  EXPECT_EQ(attribute_of(sidecar[0], "dapr.status_code"), "200");
}

TEST(Dapr, EveryStateAnswersTheSame) {
  for (const char* state : {"absent", "noop", "drop", "record"}) {
    DaprChain chain(EnvironmentMap{{"TRACETAX_STATE", state}});
    EXPECT_EQ(ask(chain.front.port(), get_user(kSampled)).status, 200U) << state;
  }
}

TEST(Dapr, StatusesAndLargeBodiesComeThrough) {
  DaprChain chain;
  EXPECT_EQ(ask(chain.front.port(), "GET /nope HTTP/1.1\r\nHost: x\r\n\r\n").status, 404U);
  const std::string name(100'000, 'n');
  const std::string body = fmt::format(R"({{"name":"{}"}})", name);
  const Exchange made =
      ask(chain.front.port(),
          fmt::format("POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}",
                      body.size(), body));
  EXPECT_EQ(made.status, 201U);
  EXPECT_NE(made.answer.find(name), std::string::npos);
}

TEST(Dapr, ASidecarKnowsItsOwnRoutesOnly) {
  RunningService sidecar("dapr-sidecar", {.back = {"127.0.0.1", 1}},
                         {{"TRACETAX_STATE", "absent"}});
  // A call would be a 500, as nobody listens there.
  EXPECT_EQ(ask(sidecar.port(), "GET /users/42 HTTP/1.1\r\nHost: x\r\n\r\n").status, 404U);
  EXPECT_EQ(ask(sidecar.port(), "GET /v1.0/invoke/b HTTP/1.1\r\nHost: x\r\n\r\n").status, 404U);
  EXPECT_EQ(ask(sidecar.port(), "GET /v1.0/invoke/b/method/u HTTP/1.1\r\nHost: x\r\n\r\n").status,
            500U);
}

TEST(Dapr, EveryRouteOfASidecarIsFound) {
  const auto router = make_radix_router(daprd_routes());
  PathParams params;
  for (const Route& route : daprd_routes()) {
    const Route* found = router->find(route.method, route.pattern, params);
    ASSERT_NE(found, nullptr) << route.pattern;
    EXPECT_EQ(found->pattern, route.pattern);
    params = {};
  }
}

/// A service behind that counts the connections to it and keeps what came along with the request.
class CountingPeer {
 public:
  explicit CountingPeer(std::string answer = "yes") {
    std::vector<StagePointer> stages;
    stages.push_back(std::make_unique<FunctionStage>([this, answer](Exchange& e) {
      seen = fmt::format("{} {} {} {}", e.header("traceparent"), e.header("tracestate"),
                         e.header("baggage"), e.header("b3"));
      e.content_type = "application/json";
      e.answer = answer;
    }));
    chain_.emplace(std::move(stages));
    server_ = TcpServer::listen({.host = "127.0.0.1", .port = 0, .threads = 1},
                                [this](ConnectionSocket socket) {
                                  ++connections;
                                  return serve_http(std::move(socket), *chain_);
                                })
                  .value();
    thread_ = std::jthread([this] { server_->run(); });
  }
  ~CountingPeer() { server_->stop(); }
  [[nodiscard]] GrpcAddress address() const { return {"127.0.0.1", server_->port()}; }

  std::atomic<int> connections = 0;
  std::string seen;  // traceparent, tracestate, baggage, b3 of the request last answered

 private:
  std::optional<Chain> chain_;
  std::unique_ptr<TcpServer> server_;
  std::jthread thread_;
};

constexpr std::string_view kCarried =
    "tracestate: vendor=1 , other=2\r\nbaggage: user=ann;p, b=%20\r\n\r\n";
constexpr std::string_view kCarriedOn = "vendor=1,other=2 user=ann;p,b=%20";

/// The same request with more headers.
std::string with_carried(std::string request) {
  return request.replace(request.find("\r\n\r\n") + 2, 2, kCarried);
}

TEST(Dapr, TracestateAndBaggageReachTheApplicationBehind) {
  CountingPeer app;
  RunningService peer("dapr-peer", {.back = app.address()});
  RunningService sidecar("dapr-sidecar", {.back = {"127.0.0.1", peer.port()}});
  RunningService front("dapr", {.back = {"127.0.0.1", sidecar.port()}});
  EXPECT_EQ(ask(front.port(), with_carried(get_user(kSampled))).status, 200U);
  const auto& span = peer.stop().at(0);
  EXPECT_EQ(app.seen,
            fmt::format("00-{}-{}-01 {} ", kShapeTrace, to_hex_text(span.span_id()), kCarriedOn));
  EXPECT_EQ(span.trace_state(), "vendor=1,other=2");
  EXPECT_EQ(sidecar.stop().at(0).trace_state(), "vendor=1,other=2");
}

TEST(GoMicroChain, TracestateAndBaggageReachTheServiceBehind) {
  for (const char* state : {"export", "noop"}) {
    CountingPeer back(R"({"text":"hello"})");
    RunningService front("gomicro-chain", {.back = back.address()}, {{"TRACETAX_STATE", state}});
    EXPECT_EQ(ask(front.port(), with_carried(micro_echo(kSampled))).status, 200U);
    EXPECT_NE(back.seen.find(fmt::format("-01 {} ", kCarriedOn)), std::string::npos) << back.seen;
  }
}

TEST(GoMicroChain, TheContextGoesOnInTheFormatsThatAreAskedFor) {
  CountingPeer back(R"({"text":"hello"})");
  RunningService front("gomicro-chain", {.back = back.address()}, {{"OTEL_PROPAGATORS", "b3"}});
  std::string request = with_carried(micro_echo(kUnsampled));
  request.replace(request.find("\r\n\r\n") + 2, 2,
                  fmt::format("b3: {}-{}-1\r\n\r\n", kShapeTrace, kShapeParent));
  EXPECT_EQ(ask(front.port(), request).status, 200U);
  const auto& inner = front.stop().at(0);
  EXPECT_EQ(back.seen, fmt::format("   {}-{}-1", kShapeTrace, to_hex_text(inner.span_id())));
}

TEST(Call, AnIdleConnectionIsUsedAgainUntilItExpires) {
  for (const bool expires : {false, true}) {
    CountingPeer peer;
    const PoolRules rules{.expiry = expires ? Nanos(-1) : Nanos(std::chrono::hours(1))};
    std::vector<StagePointer> stages;
    stages.push_back(make_stage(CallSpec{.pool = rules}, peer.address()));
    const Chain chain(std::move(stages));
    for (int i = 0; i < 3; ++i) {
      ExchangeFixture f;
      chain.handle(f.exchange);
      EXPECT_EQ(f.exchange.answer, "yes");
    }
    EXPECT_EQ(peer.connections, expires ? 3 : 1);
  }
}

TEST(Dapr, ManyRequestsAtOnceDoNotWaitForEachOtherForever) {
  DaprChain chain;
  std::vector<std::jthread> callers;
  std::atomic<int> good = 0;
  for (int i = 0; i < 32; ++i) {
    callers.emplace_back([&] {
      for (int k = 0; k < 5; ++k) good += ask(chain.front.port(), get_user(kSampled)).status == 200;
    });
  }
  callers.clear();
  EXPECT_EQ(good, 160);
}

TEST(Dapr, ASidecarThatIsGoneIsAnErrorAndNotAHang) {
  DaprChain chain;
  chain.peer.stop();
  EXPECT_EQ(ask(chain.front.port(), get_user(kSampled)).status, 500U);
}

}  // namespace
}  // namespace tracetax
