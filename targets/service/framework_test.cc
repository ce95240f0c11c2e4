// What each emulated HTTP framework answers and traces, checked against the facts it was written
// from, with the spans taken at the exporter.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "targets/request/exchange_fixture.h"
#include "targets/service/build.h"
#include "targets/service/service.h"
#include "targets/service/shape_testing.h"

namespace tracetax {
namespace {

constexpr std::string_view kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Those whose spans are named by method and route.
constexpr std::array kByMethod{"nethttp", "gin", "echo"};

struct Rig {
  explicit Rig(const Framework& framework, const EnvironmentMap& variables = {}) {
    const auto config = read_tracing_config(variables);
    tracer = Tracer::make(config.value(), std::make_unique<KeepingExporter>(spans)).value();
    chain.emplace(build_chain(stages_of(framework), {}, *tracer));
  }
  void handle(ExchangeFixture& f) {
    chain->handle(f.exchange);
    EXPECT_TRUE(tracer->force_flush(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
  }
  std::vector<otlp::Span> spans;
  std::unique_ptr<Tracer> tracer;
  std::optional<Chain> chain;
};

TEST(Gin, SpanHas13AttributesAndTheRouteInItsName) {
  Rig rig(quiet_framework("gin"));
  ExchangeFixture f;
  f.headers.set("traceparent", boost::beast::string_view(kSampled.data(), kSampled.size()));
  rig.handle(f);
  ASSERT_EQ(rig.spans.size(), 1U);
  EXPECT_EQ(rig.spans[0].name(), "GET /users/:id");
  EXPECT_EQ(rig.spans[0].kind(), otlp::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(rig.spans[0].status().code(), otlp::Status::STATUS_CODE_UNSET);
  EXPECT_EQ(
      attributes_of(rig.spans[0]),
      (Strings{"server.address=gin", "http.request.method=GET", "url.scheme=http",
               "server.port=8080", "network.peer.address=127.0.0.1", "network.peer.port=54321",
               "user_agent.original=loadgen/1.0", "client.address=127.0.0.1", "url.path=/users/42",
               "network.protocol.version=1.1", "http.route=/users/:id",
               "http.response.body.size=" + std::to_string(f.exchange.answer.size()),
               "http.response.status_code=200"}));
}

TEST(NetHttp, SpanHas12AttributesAndIsRenamedOnceRouted) {
  Rig rig(quiet_framework("nethttp"));
  ExchangeFixture f;
  rig.handle(f);
  ASSERT_EQ(rig.spans.size(), 1U);
  EXPECT_EQ(rig.spans[0].name(), "GET /users/{id}");
  EXPECT_EQ(rig.spans[0].attributes_size(), 12);
  for (const auto& attribute : rig.spans[0].attributes()) EXPECT_NE(attribute.key(), "http.route");
}

TEST(NetHttp, PostAddsTheSizeOfTheRequest) {
  Rig rig(quiet_framework("nethttp"));
  ExchangeFixture f;
  f.exchange.method = "POST";
  f.exchange.path = "/users";
  f.exchange.body = R"({"name":"Ann"})";
  rig.handle(f);
  EXPECT_EQ(rig.spans.at(0).name(), "POST /users");
  EXPECT_EQ(rig.spans[0].attributes_size(), 13);
  EXPECT_EQ(attributes_of(rig.spans[0]).at(10), "http.request.body.size=14");
}

TEST(Gin, PostHasNoSizeOfTheRequest) {
  Rig rig(quiet_framework("gin"));
  ExchangeFixture f;
  f.exchange.method = "POST";
  f.exchange.path = "/users";
  f.exchange.body = R"({"name":"Ann"})";
  rig.handle(f);
  EXPECT_EQ(rig.spans.at(0).attributes_size(), 13);
}

TEST(Frameworks, UnknownPathNamesTheSpanByItsMethodAndLeavesTheStatusUnset) {
  for (const char* name : kByMethod) {
    Rig rig(quiet_framework(name));
    ExchangeFixture f;
    f.exchange.path = "/nope";
    rig.handle(f);
    EXPECT_EQ(rig.spans.at(0).name(), "GET") << name;
    EXPECT_EQ(rig.spans[0].status().code(), otlp::Status::STATUS_CODE_UNSET);
  }
}

TEST(Frameworks, UnknownMethodIsOther) {
  Rig rig(quiet_framework("gin"));
  ExchangeFixture f;
  f.exchange.method = "BREW";
  rig.handle(f);
  EXPECT_EQ(rig.spans.at(0).name(), "HTTP");
  const auto attributes = attributes_of(rig.spans[0]);
  EXPECT_EQ(attributes.at(1), "http.request.method=_OTHER");
  EXPECT_EQ(attributes.at(2), "http.request.method_original=BREW");
}

TEST(Frameworks, ForwardedForNamesTheClient) {
  Rig rig(quiet_framework("gin"));
  ExchangeFixture f;
  f.headers.set("X-Forwarded-For", "10.0.0.1, 10.0.0.2");
  rig.handle(f);
  EXPECT_EQ(attributes_of(rig.spans.at(0)).at(7), "client.address=10.0.0.1");
}

/// What a framework answers to its own request.
struct Answer {
  unsigned status = 0;
  std::string text;
  std::size_t spans = 0;
  friend bool operator==(const Answer&, const Answer&) = default;
};
Answer answer_of(std::string_view name, const char* state) {
  const Framework framework = quiet_framework(name);
  Rig rig(framework, {{"TRACETAX_STATE", state}});
  const SampleRequest request(framework);
  Exchange exchange = request.exchange();
  rig.chain->handle(exchange);
  EXPECT_TRUE(rig.tracer->force_flush(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
  return {exchange.status, exchange.answer, rig.spans.size()};
}

// The answer must be the same in every state, or arms would compare different services.
TEST(Frameworks, EveryStateAnswersTheSame) {
  for (const auto& entry : framework_catalog()) {
    if (stages_of(entry.make()).empty()) continue;  // grpc_service_test.cc
    const Answer absent = answer_of(entry.name, "absent");
    EXPECT_EQ(absent.status, 200U) << entry.name << ": " << absent.text;
    EXPECT_NE(absent.text, "") << entry.name;
    EXPECT_EQ(absent.spans, 0U);
    for (const char* state : {"noop", "drop", "record"}) {
      EXPECT_EQ(answer_of(entry.name, state), absent) << entry.name << ' ' << state;
    }
    EXPECT_EQ(answer_of(entry.name, "export").text, absent.text) << entry.name;
  }
}

TEST(Frameworks, AbsentLeavesTheInstrumentationOut) {
  for (const auto& entry : framework_catalog()) {
    const Framework framework = entry.make();
    const auto is_instrumentation = [](const StageSpec& spec) {
      return std::holds_alternative<TraceSpec>(spec) || std::holds_alternative<MetricSpec>(spec) ||
             std::holds_alternative<CallMetricSpec>(spec);
    };
    const auto count = std::ranges::count_if(stages_of(framework), is_instrumentation);
    const Rig absent(framework, {{"TRACETAX_STATE", "absent"}});
    const Rig noop(framework, {{"TRACETAX_STATE", "noop"}});
    EXPECT_EQ(absent.chain->stages().size() + static_cast<std::size_t>(count),
              noop.chain->stages().size());
  }
}

TEST(Frameworks, ExplainNumbersTheStagesInOrder) {
  const Framework framework = quiet_framework("gin");
  const Rig rig(framework);
  const std::string text = explain(framework, *make_service(framework, {}, *rig.tracer));
  EXPECT_NE(text.find("  1. io:"), std::string::npos);
  EXPECT_NE(text.find("  3. route: radix tree per method of 54 routes"), std::string::npos) << text;
  EXPECT_LT(text.find("log:"), text.find("trace:"));
  EXPECT_LT(text.find("trace:"), text.find("metric:"));
}

/// What --explain begins its lines with, in the order of the pipeline.
struct Order {
  const char* name;
  std::vector<const char*> stages;
};

TEST(Frameworks, StagesStandInTheOrderOfTheFramework) {
  const std::vector<Order> orders{
      {"hertz", {"route:", "trace: SERVER", "metric: two records", "recover", "users"}},
      {"gozero-rest", {"latch:", "breaker:", "shed: go-zero's", "timeout:", "codec:"}},
      {"gozero-rest-cpu0", {"breaker:", "shed: not built", "timeout:"}},
      // The statistics of a call that the breaker refuses are kept too.
      {"gozero-zrpc",
       {"trace:", "log: zRPC", "metric: duration", "metric: hist", "breaker:", "shed:"}},
      {"gomicro",
       {"hdrcopy: 3", "timer:", "handoff: 2", "route:", "codec:", "trace:", "application"}},
      {"gomicro-chain",
       {"trace: SERVER", "trace: CLIENT", "discovery: cached snapshot", "retry: up to 5",
        "handoff:", "pick: random by weight", "trace: CLIENT", "handoff:", "timer: 5 s", "call:"}},
      {"kitex-chain",
       {"trace: SERVER", "trace: CLIENT", "discovery: cached snapshot", "pick: kitex'",
        "call: the service behind over framed Thrift, TTHeader with a context, up to 10 idle"}},
      {"dapr-sidecar",
       {"route: radix tree per method of 42", "guards: 1", "trace: CLIENT", "metric:", "guards: 2",
        "hdrcopy: 1", "discovery:", "pick: random", "handoff: 2", "proxy:"}},
      {"dapr-peer", {"io: HTTP/2 of grpc++, 64 completion queues", "hdrcopy: 1", "handoff: 2"}},
  };
  for (const Order& order : orders) {
    const Framework framework = quiet_framework(order.name);
    const Rig rig(framework);
    const std::string text = explain(framework, *make_service(framework, {}, *rig.tracer));
    std::size_t at = 0;
    for (const char* stage : order.stages) {
      at = text.find(fmt::format(". {}", stage), at);
      ASSERT_NE(at, std::string::npos) << order.name << ": " << stage << " is not behind\n" << text;
      ++at;
    }
  }
}

TEST(Frameworks, WorkComesRightBeforeTheHandler) {
  const Framework framework = quiet_framework("nethttp");
  const Rig rig(framework);
  const Chain chain =
      build_chain(stages_of(framework), {.per_request = std::chrono::microseconds(1)}, *rig.tracer);
  const auto stages = chain.stages();
  EXPECT_TRUE(stages[stages.size() - 2]->describe().starts_with("work: "));
}

}  // namespace
}  // namespace tracetax
