// The order of each framework's client, what a topology changes in it, and which calls leave spans.
// The end of each client is the test's own, so nothing is sent.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/clients.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "targets/request/exchange_fixture.h"
#include "targets/service/shape_testing.h"

namespace tracetax {
namespace {

/// ClientRules whose members need not all be given.
struct Rules {
  std::string balancer{};
  std::vector<int> weights{};
  std::optional<bool> breaker{};
  Nanos timeout{};
  int retries = -1;
  // NOLINTNEXTLINE(google-explicit-constructor): that is its use
  operator ClientRules() const { return {balancer, weights, breaker, timeout, retries, ""}; }
};

/// Of two addresses.
class Client {
 public:
  Client(std::string_view caller, ClientWire wire, const Rules& rules) {
    tracer_ =
        Tracer::make(read_tracing_config({}).value(), std::make_unique<KeepingExporter>(spans_))
            .value();
    const BackPlaces places{{{"10.0.0.1", 80}, {"10.0.0.2", 80}}, {}};
    auto stages =
        build_chain(client_stages(caller, wire, rules).value(), {}, *tracer_, places).take();
    stages.pop_back();
    stages.push_back(std::make_unique<FunctionStage>([this](Exchange& exchange) {
      ++reached;
      ++sent[std::string(exchange.upstream)];
      deadline = exchange.call_deadline;
      exchange.status = exchange.upstream == failing ? 503 : answers;
    }));
    chain_.emplace(std::move(stages));
  }

  /// The last one's status.
  unsigned call(int times) {
    unsigned status = 0;
    for (int i = 0; i < times; ++i) {
      ExchangeFixture f;
      f.make_rpc();
      chain_->handle(f.exchange);
      status = f.exchange.status;
    }
    return status;
  }
  int spans() {
    EXPECT_TRUE(tracer_->force_flush(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
    return static_cast<int>(spans_.size());
  }
  /// "trace breaker call"
  std::string order() const {
    std::string text;
    for (const StagePointer& stage : chain_->stages()) {
      const std::string line = stage->describe();
      text += line.substr(0, line.find(':')) + " ";
    }
    return text;
  }

  unsigned answers = 200;
  std::string failing{"none"};
  int reached = 0;
  std::map<std::string, int> sent;
  Nanos deadline{0};

 private:
  std::vector<otlp::Span> spans_;
  std::unique_ptr<Tracer> tracer_;
  std::optional<Chain> chain_;
};

std::string order(std::string_view caller, ClientWire wire, const Rules& rules = {}) {
  return Client(caller, wire, rules).order();
}

TEST(Clients, StandInTheFrameworksOrder) {
  using enum ClientWire;
  EXPECT_EQ(order("gozero-rest", grpc), "trace metric breaker timer discovery pick function ");
  EXPECT_EQ(order("kratos-http", grpc), "timer trace discovery pick function ");
  EXPECT_EQ(order("kratos-grpc", grpc, {.breaker = true}),
            "timer breaker trace discovery pick function ");
  EXPECT_EQ(order("kratos-http", http), "trace discovery pick timer function ");
  EXPECT_EQ(order("dubbo-go", grpc), "retry discovery pick guards trace timer function ");
  EXPECT_EQ(order("gin", grpc), "trace discovery pick function ");
  EXPECT_EQ(order("gin", http), "trace function ");
  EXPECT_EQ(order("gin", http, {.balancer = "round_robin", .timeout = std::chrono::seconds(1)}),
            "timer trace discovery pick function ");
  EXPECT_EQ(order("kitex-thrift", thrift), "trace guards discovery pick function ");
  EXPECT_EQ(order("kitex-thrift", thrift,
                  {.breaker = true, .timeout = std::chrono::seconds(1), .retries = 1}),
            "trace retry breaker handoff timer guards discovery pick function ");
  EXPECT_EQ(order("tars-go", tars), "trace timer discovery pick function ");
  EXPECT_EQ(order("gozero-rest", grpc, {.breaker = false}),
            "trace metric timer discovery pick function ");
}

TEST(Clients, RefuseWhatAFrameworkDoesNotHave) {
  const auto mistake = [](const Rules& rules) {
    const auto stages = client_stages("gin", ClientWire::http, rules);
    return stages ? std::string() : stages.error().message;
  };
  EXPECT_EQ(mistake({.breaker = true}), "the client of 'gin' has no breaker");
  EXPECT_EQ(mistake({.retries = 2}), "the client of 'gin' has no retries");
  EXPECT_NE(mistake({.balancer = "round"}).find("round_robin"), std::string::npos);
  EXPECT_EQ(mistake({.breaker = false, .retries = 0}), "");
}

TEST(Clients, TakeTheTopologysBalancerAndTimeOut) {
  Client client("gozero-rest", ClientWire::grpc,
                {.balancer = "wrr_kratos", .weights = {30, 10}, .timeout = std::chrono::hours(1)});
  client.call(40);
  EXPECT_EQ(client.sent.size(), 2U);
  EXPECT_GT(client.deadline, std::chrono::minutes(50));
}

/// Calls that its breaker refuses never leave, and the trace is around it.
TEST(Clients, ARefusalOfGozerosBreakerHasASpan) {
  Client client("gozero-zrpc", ClientWire::grpc, {});
  client.answers = 503;
  EXPECT_EQ(client.call(300), 503U);
  EXPECT_LT(client.reached, 250);
  EXPECT_EQ(client.spans(), 300);
}

TEST(Clients, ARefusalOfKratosBreakerHasNone) {
  Client client("kratos-grpc", ClientWire::grpc, {.breaker = true});
  client.answers = 503;
  EXPECT_EQ(client.call(1000), 503U);
  EXPECT_LT(client.reached, 900);
  EXPECT_EQ(client.spans(), client.reached);
}

TEST(Clients, KitexsBreakerOpensAfterTwoHundredFailures) {
  Client client("kitex-thrift", ClientWire::thrift, {.breaker = true});
  client.answers = 503;
  EXPECT_EQ(client.call(210), 503U);
  EXPECT_EQ(client.reached, 200);
  EXPECT_EQ(client.spans(), 210);
}

TEST(Clients, EachAttemptOfDubbosFailoverHasASpanOfItsOwn) {
  Client client("dubbo-go", ClientWire::grpc, {});
  client.answers = 503;
  EXPECT_EQ(client.call(1), 503U);
  EXPECT_EQ(client.reached, 3);
  EXPECT_EQ(client.spans(), 3);
}

/// The balancer is told how calls end: a node that fails is left out.
TEST(Clients, TarsLeavesAFailingNodeOut) {
  Client client("tars-go", ClientWire::tars, {});
  client.failing = "10.0.0.2:80";
  client.call(20);
  EXPECT_EQ(client.sent["10.0.0.1:80"], 18);
  EXPECT_EQ(client.sent["10.0.0.2:80"], 2);
}

}  // namespace
}  // namespace tracetax
