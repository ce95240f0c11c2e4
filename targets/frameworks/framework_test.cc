// What each emulated HTTP framework answers and traces, checked against the facts it was written from, with
// the spans taken at the exporter.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/service.h"

#include <gtest/gtest.h>

#include "targets/frameworks/testing.h"
#include "targets/stages/exchange_fixture.h"

namespace tracetax {
namespace {

constexpr std::string_view kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A framework with the log, if it has one, going nowhere.
Framework quiet(std::string_view name) {
  Framework framework = find_in_catalog(framework_catalog(), "target", name).value()();
  for (StageSpec& spec : std::get<HttpPipeline>(framework.pipeline).stages) {
    if (auto* log = std::get_if<TextLogSpec>(&spec)) log->fd = -1;
  }
  return framework;
}

std::vector<CatalogEntry<MakeFramework>> http_frameworks() {
  std::vector<CatalogEntry<MakeFramework>> entries;
  for (const auto& entry : framework_catalog()) {
    if (std::holds_alternative<HttpPipeline>(entry.make().pipeline)) entries.push_back(entry);
  }
  return entries;
}

struct Rig {
  explicit Rig(const Framework& framework, const EnvironmentMap& variables = {}) {
    const auto config = read_tracing_config(variables);
    tracer = Tracer::make(config.value(), std::make_unique<KeepingExporter>(spans)).value();
    chain.emplace(build_chain(std::get<HttpPipeline>(framework.pipeline), {}, *tracer));
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
  Rig rig(quiet("gin"));
  ExchangeFixture f;
  f.headers.set("traceparent", boost::beast::string_view(kSampled.data(), kSampled.size()));
  rig.handle(f);
  ASSERT_EQ(rig.spans.size(), 1U);
  EXPECT_EQ(rig.spans[0].name(), "GET /users/:id");
  EXPECT_EQ(rig.spans[0].kind(), otlp::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(rig.spans[0].status().code(), otlp::Status::STATUS_CODE_UNSET);
  EXPECT_EQ(attributes_of(rig.spans[0]),
            (Strings{"server.address=127.0.0.1", "http.request.method=GET", "url.scheme=http",
                     "server.port=8080", "network.peer.address=127.0.0.1",
                     "network.peer.port=54321", "user_agent.original=loadgen/1.0",
                     "client.address=127.0.0.1", "url.path=/users/42",
                     "network.protocol.version=1.1", "http.route=/users/:id",
                     "http.response.body.size=" + std::to_string(f.exchange.answer.size()),
                     "http.response.status_code=200"}));
}

TEST(NetHttp, SpanHas12AttributesAndIsRenamedOnceRouted) {
  Rig rig(quiet("nethttp"));
  ExchangeFixture f;
  rig.handle(f);
  ASSERT_EQ(rig.spans.size(), 1U);
  EXPECT_EQ(rig.spans[0].name(), "GET /users/{id}");
  EXPECT_EQ(rig.spans[0].attributes_size(), 12);
  for (const auto& attribute : rig.spans[0].attributes()) EXPECT_NE(attribute.key(), "http.route");
}

TEST(NetHttp, PostAddsTheSizeOfTheRequest) {
  Rig rig(quiet("nethttp"));
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
  Rig rig(quiet("gin"));
  ExchangeFixture f;
  f.exchange.method = "POST";
  f.exchange.path = "/users";
  f.exchange.body = R"({"name":"Ann"})";
  rig.handle(f);
  EXPECT_EQ(rig.spans.at(0).attributes_size(), 13);
}

TEST(Frameworks, UnknownPathNamesTheSpanByItsMethodAndLeavesTheStatusUnset) {
  for (const auto& entry : http_frameworks()) {
    Rig rig(quiet(entry.name));
    ExchangeFixture f;
    f.exchange.path = "/nope";
    rig.handle(f);
    EXPECT_EQ(rig.spans.at(0).name(), "GET") << entry.name;
    EXPECT_EQ(rig.spans[0].status().code(), otlp::Status::STATUS_CODE_UNSET);
  }
}

TEST(Frameworks, UnknownMethodIsOther) {
  Rig rig(quiet("gin"));
  ExchangeFixture f;
  f.exchange.method = "BREW";
  rig.handle(f);
  EXPECT_EQ(rig.spans.at(0).name(), "HTTP");
  const auto attributes = attributes_of(rig.spans[0]);
  EXPECT_EQ(attributes.at(1), "http.request.method=_OTHER");
  EXPECT_EQ(attributes.at(2), "http.request.method_original=BREW");
}

TEST(Frameworks, ForwardedForNamesTheClient) {
  Rig rig(quiet("gin"));
  ExchangeFixture f;
  f.headers.set("X-Forwarded-For", "10.0.0.1, 10.0.0.2");
  rig.handle(f);
  EXPECT_EQ(attributes_of(rig.spans.at(0)).at(7), "client.address=10.0.0.1");
}

// The answer must be the same in every state, or arms would compare different services.
TEST(Frameworks, EveryStateAnswersTheSame) {
  for (const auto& entry : http_frameworks()) {
    for (const char* state : {"absent", "noop", "drop", "record", "export"}) {
      Rig rig(quiet(entry.name), {{"TRACETAX_STATE", state}});
      ExchangeFixture f;
      rig.handle(f);
      EXPECT_EQ(f.exchange.status, 200U);
      EXPECT_TRUE(f.exchange.answer.starts_with(R"({"id":42,)")) << entry.name << ' ' << state;
      EXPECT_EQ(rig.spans.size(), std::string_view(state) == "export" ? 1U : 0U);
    }
  }
}

TEST(Frameworks, AbsentLeavesTheInstrumentationOut) {
  for (const auto& entry : http_frameworks()) {
    const Framework framework = quiet(entry.name);
    const Rig absent(framework, {{"TRACETAX_STATE", "absent"}});
    const Rig noop(framework, {{"TRACETAX_STATE", "noop"}});
    EXPECT_EQ(absent.chain->stages().size() + 2, noop.chain->stages().size());
  }
}

TEST(Frameworks, ExplainNumbersTheStagesInOrder) {
  const Framework framework = quiet("gin");
  const Rig rig(framework);
  const std::string text = explain(framework, *make_service(framework, {}, *rig.tracer));
  EXPECT_NE(text.find("  1. io:"), std::string::npos);
  EXPECT_NE(text.find("  3. route: radix tree per method of 53 routes"), std::string::npos) << text;
  EXPECT_LT(text.find("log:"), text.find("trace:"));
  EXPECT_LT(text.find("trace:"), text.find("metric:"));
}

TEST(Frameworks, WorkComesRightBeforeTheHandler) {
  const Framework framework = quiet("nethttp");
  const Rig rig(framework);
  const Chain chain =
      build_chain(std::get<HttpPipeline>(framework.pipeline),
                  {.per_request = std::chrono::microseconds(1)}, *rig.tracer);
  const auto stages = chain.stages();
  EXPECT_TRUE(stages[stages.size() - 2]->describe().starts_with("work: "));
}

// The predicted sizes were calculated from a route "/api/v1/users/:id", which gives its span this name
// and, in gin, this http.route. The rest are the fixture's strings.
std::int64_t span_bytes(std::string_view name, std::string_view pattern) {
  Rig rig(quiet(name));
  const Route route{"GET", std::string(pattern), Endpoint::get_user};
  ExchangeFixture f;
  f.headers.set("traceparent", boost::beast::string_view(kSampled.data(), kSampled.size()));
  rig.handle(f);
  otlp::Span span = rig.spans.at(0);
  span.set_name("GET " + route.pattern);
  for (auto& attribute : *span.mutable_attributes()) {
    if (attribute.key() == "url.path") attribute.mutable_value()->set_string_value("/api/v1/users/42");
    if (attribute.key() == "http.route") attribute.mutable_value()->set_string_value(route.pattern);
  }
  return static_cast<std::int64_t>(span.ByteSizeLong());
}

TEST(Frameworks, BytesPerSpanAreAsPredictedWithin3Percent) {
  EXPECT_NEAR(static_cast<double>(span_bytes("gin", "/api/v1/users/:id")), 491, 491 * 0.03);
  EXPECT_NEAR(static_cast<double>(span_bytes("nethttp", "/api/v1/users/{id}")), 457, 457 * 0.03);
}

}  // namespace
}  // namespace tracetax
