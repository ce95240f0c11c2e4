// Steps against stores and brokers that are made of functions. As processes they are in
// test_topology.py.
// SPDX-License-Identifier: Apache-2.0
#include "targets/program/program.h"

#include <gtest/gtest.h>

#include <chrono>

#include "targets/program/consumers.h"
#include "targets/program/value_text.h"
#include "targets/request/exchange_fixture.h"
#include "targets/service/testing.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

class FakeStore final : public Store {
 public:
  explicit FakeStore(std::function<LegResult(const LegCall&)> answer)
      : answer_(std::move(answer)) {}
  Status set_up(const std::vector<std::string>&) override { return {}; }
  LegResult run(const SqlStep& step, const LegCall& call) override {
    if (!step.as.empty()) call.values.set(step.as, "first column");
    return answer_(call);
  }
  LegResult run(const StoreStep&, const LegCall& call) override { return answer_(call); }
  std::string describe() const override { return "fake"; }

 private:
  std::function<LegResult(const LegCall&)> answer_;
};

/// Keeps what is published, and the one consumer.
class FakeBroker final : public Broker {
 public:
  LegResult publish(const PublishStep& step, const LegCall&) override {
    published.push_back(step.to);
    return {};
  }
  Result<std::unique_ptr<Consumer>> consume(const ConsumerSpec&, HandleMessages handle) override {
    deliver = std::move(handle);
    return std::make_unique<Consumer>();
  }
  std::string consumer_span_name(const ConsumerSpec& spec) const override {
    return "process " + spec.from;
  }
  Attributes consumer_attributes(const ConsumerSpec&, const BrokerMessage&) const override {
    return {};
  }
  std::string describe() const override { return "fake"; }

  Strings published;
  HandleMessages deliver;
};

BrokerMessage message(const char* traceparent, std::string body = R"({"user":"anna"})") {
  return {.body = std::move(body), .context = parse_traceparent(traceparent), .trace_state = {}};
}

constexpr const char* kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr const char* kUnsampled = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

/// The service "shop" with one route.
class Rig {
 public:
  explicit Rig(Steps steps, std::vector<ConsumerSpec> consumers = {}, double slower = 1,
               LegEnd leg = LegEnd::done) {
    ServiceTopology shop{.name = "shop",
                         .framework = "gin",
                         .instances = {{.slower = slower, .fault = {}}},
                         .calls = {},
                         .routes = {{"GET /", std::move(steps)}},
                         .consumers = std::move(consumers),
                         .front = true};
    tracer = Tracer::make(read_tracing_config({}).value(), std::make_unique<KeepingExporter>(spans))
                 .value();
    ProgramSpec spec{.topology = {}, .service = "shop", .peers = {}, .stores = {}, .brokers = {}};
    spec.topology.services.push_back(std::move(shop));
    spec.stores["db"] = std::make_unique<FakeStore>([leg](const LegCall&) {
      return LegResult{leg, leg == LegEnd::failed ? "db: gone" : ""};
    });
    auto made = std::make_unique<FakeBroker>();
    broker = made.get();
    spec.brokers["mq"] = std::move(made);
    program = Program::make(std::move(spec), *tracer).value();
  }

  StepEnd run() { return program->run(program->service().routes.at("GET /"), walk); }
  /// Ended ones, by their names.
  Strings names() {
    EXPECT_TRUE(tracer->force_flush(std::chrono::steady_clock::now() + 20s));
    Strings all;
    for (const auto& span : spans) all.push_back(span.name());
    return all;
  }

  std::vector<otlp::Span> spans;
  std::unique_ptr<Tracer> tracer;
  FakeBroker* broker = nullptr;
  std::unique_ptr<Program> program;
  StepWalk walk;
};

Branch branch(std::string label, std::optional<unsigned> answer = std::nullopt) {
  return {.label = std::move(label), .steps = {}, .answer = answer};
}
SqlStep sql(std::optional<Branch> none = std::nullopt) {
  SqlStep step;
  step.store = "db";
  step.as = "id";
  step.none = std::move(none);
  return step;
}

TEST(Program, ALegSetsValuesAndTheRouteGoesOn) {
  Rig rig(
      {{sql()}, {PublishStep{"mq", "orders"}}, {AnswerStep{202}}, {PublishStep{"mq", "never"}}});
  const StepEnd end = rig.run();
  EXPECT_EQ(end.kind, StepEnd::Kind::answered);
  EXPECT_EQ(end.status, 202U);
  EXPECT_EQ(rig.walk.values.get("id"), "first column");
  EXPECT_EQ(rig.broker->published, Strings{"orders"});
}

TEST(Program, NothingFoundTakesTheBranchAndGoesOnUnlessThatAnswers) {
  Rig ends({{sql(branch("sold_out", 409))}, {PublishStep{"mq", "never"}}}, {}, 1, LegEnd::none);
  EXPECT_EQ(ends.run().status, 409U);
  EXPECT_EQ(ends.walk.labels, Strings{"sold_out"});
  EXPECT_TRUE(ends.broker->published.empty());
  Rig goes_on({{sql(branch("miss"))}, {PublishStep{"mq", "orders"}}}, {}, 1, LegEnd::none);
  EXPECT_TRUE(goes_on.run().goes_on());
  EXPECT_EQ(goes_on.walk.labels, Strings{"miss"});
  EXPECT_EQ(goes_on.broker->published, Strings{"orders"});
  Rig no_branch({{sql()}}, {}, 1, LegEnd::none);
  EXPECT_TRUE(no_branch.run().goes_on());
  EXPECT_TRUE(no_branch.walk.labels.empty());
}

TEST(Program, AFailedLegIsAnErrorAndNoBranch) {
  Rig rig({{sql(branch("sold_out", 409))}}, {}, 1, LegEnd::failed);
  const StepEnd end = rig.run();
  EXPECT_EQ(end.kind, StepEnd::Kind::failed);
  EXPECT_EQ(end.why, "db: gone");
  EXPECT_TRUE(rig.walk.labels.empty());
}

TEST(Program, ParallelBranchesShareNoValuesUntilTheyHaveEnded) {
  Rig rig(
      {{ParallelStep{{{{sql()}}, {{LimitStep{1, 0, branch("limited")}}}, {{AnswerStep{404}}}}}}});
  rig.walk.values.set("user", "anna");
  EXPECT_EQ(rig.run().status, 404U);
  EXPECT_EQ(rig.walk.values.get("id"), "first column");
  EXPECT_EQ(rig.walk.values.get("user"), "anna");
  EXPECT_EQ(rig.walk.labels, Strings{"limited"});
}

TEST(Program, ATokenBucketIsOnePerStep) {
  Rig rig({{LimitStep{0.001, 2, branch("limited", 429)}}});
  EXPECT_TRUE(rig.run().goes_on());
  EXPECT_TRUE(rig.run().goes_on());
  EXPECT_EQ(rig.run().status, 429U);
}

TEST(Program, ASlowerInstanceSpinsAndSleepsLonger) {
  Rig rig({{SleepStep{20ms, 20ms}}}, {}, 3);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(rig.run().goes_on());
  EXPECT_GE(std::chrono::steady_clock::now() - start, 60ms);
}

TEST(Program, SpansStandUnderTheOneThatIsOpen) {
  Rig rig({{SpanStep{.name = "outer", .steps = {{SpanStep{.name = "inner", .steps = {}}}}}}});
  {
    const Span server = rig.tracer->start_span("server", SpanKind::server, Caller{}, {});
    rig.walk.parent = &server;
    EXPECT_TRUE(rig.run().goes_on());
  }
  EXPECT_EQ(rig.names(), (Strings{"inner", "outer", "server"}));
  EXPECT_EQ(rig.spans[0].parent_span_id(), rig.spans[1].span_id());
  EXPECT_EQ(rig.spans[1].parent_span_id(), rig.spans[2].span_id());
}

TEST(Program, NobodyTracesWithoutASpanAround) {
  Rig rig({{SpanStep{.name = "outer", .steps = {{AnswerStep{204}}}}}});
  EXPECT_EQ(rig.run().status, 204U);
  EXPECT_TRUE(rig.names().empty());
}

TEST(Program, MistakesAreToldTogether) {
  Topology topology;
  CallStep call;
  call.service = "stock";
  call.route = "GET /";
  topology.services.push_back({.name = "shop",
                               .framework = "gin",
                               .calls = {},
                               .routes = {{"GET /", {{call}, {WorkStep{"no_such", {}, {}}}}}},
                               .consumers = {}});
  topology.services.push_back({.name = "stock",
                               .framework = "gin",
                               .calls = {},
                               .routes = {{"GET /", {}}},
                               .consumers = {}});
  const auto tracer = Tracer::make(read_tracing_config({}).value(), nullptr).value();
  const auto made = Program::make({.topology = topology,
                                   .service = "shop",
                                   .instance = 2,
                                   .peers = {},
                                   .stores = {},
                                   .brokers = {}},
                                  *tracer);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ExitCode::usage);
  for (const char* part : {"--instance 2: 'shop' has 1", "--peer stock=HOST:PORT", "no_such"}) {
    EXPECT_NE(made.error().message.find(part), std::string::npos) << made.error().message;
  }
}

ConsumerSpec consumer(Join join, bool each = false) {
  return {.broker = "mq", .from = "orders", .join = join, .each = each, .steps = {{sql()}}};
}

TEST(Consumers, ABatchIsSampledIfOneOfItsMessagesIs) {
  Rig rig({}, {consumer(Join::link, true)});
  const auto consumers = Consumers::start(*rig.program).value();
  const std::vector<BrokerMessage> some{message(kUnsampled), message(kSampled)};
  rig.broker->deliver(some);
  const std::vector<BrokerMessage> none{message(kUnsampled), message("")};
  rig.broker->deliver(none);
  EXPECT_EQ(rig.names(), (Strings{"process", "process", "process orders"}));
  const auto& batch = rig.spans[2];
  EXPECT_EQ(batch.links_size(), 2);
  EXPECT_TRUE(batch.parent_span_id().empty());
  EXPECT_EQ(batch.kind(), otlp::Span::SPAN_KIND_CONSUMER);
  EXPECT_EQ(rig.spans[0].parent_span_id(), batch.span_id());
}

TEST(Consumers, AFailedMessageBreaksTheInvariant) {
  Rig rig({}, {consumer(Join::parent)}, 1, LegEnd::failed);
  const auto consumers = Consumers::start(*rig.program).value();
  const std::vector<BrokerMessage> one{message(kSampled)};
  rig.broker->deliver(one);
  const auto invariants = consumers->invariants();
  ASSERT_EQ(invariants.size(), 1U);
  EXPECT_FALSE(invariants[0].holds);
  EXPECT_EQ(invariants[0].saw, "1 of 1 failed");
  EXPECT_EQ(rig.names(), Strings{"process orders"});
}

TEST(Answer, RpcCarriesLabelsAndStatusInItsText) {
  for (const unsigned status : {200U, 409U}) {
    ExchangeFixture made;
    StepWalk walk;
    walk.values.set("sku", "7");
    walk.labels = {"sold_out", "a_miss"};
    write_program_answer({.is_rpc = true}, walk, answered(status), made.exchange);
    // What a wire that knows only failures makes of it.
    if (status >= 400) made.exchange.status = 500;
    made.exchange.answer_headers.clear();
    Values values;
    const CallEnd end = read_answer(made.exchange, true, values);
    EXPECT_EQ(end.status, status);
    EXPECT_TRUE(end.answered);
    EXPECT_EQ(end.labels, (Strings{"a_miss", "sold_out"}));
    EXPECT_EQ(values.all().size(), 1U);
    EXPECT_EQ(values.get("sku"), "7");
  }
}

TEST(Answer, AFailureSaysNothingOfBranches) {
  for (const bool is_rpc : {false, true}) {
    ExchangeFixture made;
    StepWalk walk;
    walk.labels = {"sold_out"};
    write_program_answer({.is_rpc = is_rpc}, walk, failed_step("db: gone"), made.exchange);
    EXPECT_TRUE(made.exchange.answer_headers.empty());
    Values values;
    const CallEnd end = read_answer(made.exchange, is_rpc, values);
    EXPECT_EQ(end.status, 503U);
    EXPECT_FALSE(end.answered);
    EXPECT_EQ(end.error, "db: gone");
    EXPECT_TRUE(values.all().empty());
  }
}

TEST(Answer, WhatAFrameworkSaysIsNoAnswerOfTheService) {
  for (const char* text : {"404 page not found\n", R"({"message":"Not Found"})",
                           R"({"code":503,"reason":"RATELIMIT","message":"m","metadata":{}})"}) {
    ExchangeFixture made;
    made.exchange.status = 503;
    made.exchange.answer = text;
    Values values;
    EXPECT_FALSE(read_answer(made.exchange, false, values).answered) << text;
    EXPECT_TRUE(values.all().empty());
  }
}

TEST(ValueText, ReadsWhatRequestsBring) {
  Values values;
  EXPECT_TRUE(take_json(R"({"a":"x","n":1.5,"list":[1,2]})", values));
  take_query("q=a%20b+c&bad=%zz&empty=&a=y", values);
  EXPECT_EQ(values.get("a"), "y");
  EXPECT_EQ(values.get("n"), "1.5");
  EXPECT_EQ(values.get("list"), "[1,2]");
  EXPECT_EQ(values.get("q"), "a b c");
  EXPECT_EQ(values.all().size(), 5U);
  EXPECT_FALSE(take_json("[1]", values));
  EXPECT_FALSE(take_json("{", values));
  Values back;
  take_query(query_of(values), back);
  EXPECT_EQ(back.all(), values.all());
}

TEST(TopologyRoute, IsNamedAsItsWireNamesIt) {
  const TopologyRoute micro = topology_route("order.v1.Order/Create", ClientWire::micro);
  EXPECT_EQ(micro.wire_name, "Order.Create");
  EXPECT_EQ(micro.operation, "/order.v1.Order.Create");
  const TopologyRoute grpc = topology_route("order.v1.Order/Create", ClientWire::grpc);
  EXPECT_EQ(grpc.wire_name, "/order.v1.Order/Create");
  const TopologyRoute http = topology_route("POST /orders/:sku/items/:id", ClientWire::http);
  EXPECT_EQ(http.method, "POST");
  EXPECT_EQ(braces_of(http.pattern), "/orders/{sku}/items/{id}");
}

}  // namespace
}  // namespace tracetax
