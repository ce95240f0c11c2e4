// What brokers have in common, on the one that needs no server.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "targets/legs/broker/consumer_loop.h"
#include "targets/legs/broker/message.h"
#include "targets/tracing/ids.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

class KeepingExporter final : public SpanExporter {
 public:
  explicit KeepingExporter(std::vector<SpanData>& kept) : kept_(kept) {}
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    for (const SpanPointer& span : batch) kept_.push_back(*span);
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}

 private:
  std::vector<SpanData>& kept_;
};

struct BrokerRig {
  explicit BrokerRig(const EnvironmentMap& variables = {}) {
    const auto config = read_tracing_config(variables);
    tracer = Tracer::make(config.value(), std::make_unique<KeepingExporter>(kept)).value();
    BrokerLeg leg;
    leg.kind = BrokerKind::ring;
    broker = make_broker(leg, {}).value();
  }
  LegResult publish(std::string to, Values values = {}) {
    const Span parent =
        tracer->start_span("GET /", SpanKind::server, Caller{caller, carried}, Attributes{});
    return broker->publish({.broker = "b", .to = std::move(to)},
                           {.tracer = *tracer, .parent = &parent, .values = values});
  }
  void finish() { tracer->shutdown(std::chrono::steady_clock::now() + 20s); }

  TraceContext caller{random_trace_id(), random_span_id(), kSampledFlag};
  CarriedPointer carried = std::make_shared<const Carried>(Carried{.trace_state = "a=b"});
  std::vector<SpanData> kept;
  std::unique_ptr<Tracer> tracer;
  std::unique_ptr<Broker> broker;
};

ConsumerSpec consumer_of(std::string from) {
  ConsumerSpec spec;
  spec.from = std::move(from);
  return spec;
}

TEST(Broker, AMessageBringsTheValuesAndTheProducersContext) {
  BrokerRig rig;
  std::promise<BrokerMessage> arrived;
  auto consumer =
      rig.broker->consume(consumer_of("orders"),
                          [&](std::span<const BrokerMessage> all) { arrived.set_value(all[0]); });
  ASSERT_TRUE(consumer);
  Values values;
  values.set("sku", "a\"1\n");
  values.set("n", "2");
  EXPECT_EQ(rig.publish("orders", values).end, LegEnd::done);
  const BrokerMessage message = arrived.get_future().get();
  EXPECT_EQ(message.body, R"({"sku":"a\"1\n","n":"2"})");
  rig.finish();
  ASSERT_EQ(rig.kept.size(), 2U);
  const SpanData& producer = rig.kept[0];
  EXPECT_EQ(producer.name, "publish orders");
  EXPECT_EQ(producer.kind, SpanKind::producer);
  EXPECT_EQ(producer.parent_span_id, rig.kept[1].context.span_id);
  EXPECT_EQ(message.context, producer.context);
  EXPECT_EQ(message.trace_state, "a=b");
}

TEST(Broker, WithoutATracerThereIsNoContext) {
  BrokerRig rig;
  std::promise<BrokerMessage> arrived;
  auto consumer = rig.broker->consume(
      consumer_of("q"), [&](std::span<const BrokerMessage> all) { arrived.set_value(all[0]); });
  ASSERT_TRUE(consumer);
  Values values;
  const LegCall call{.tracer = *rig.tracer, .parent = nullptr, .values = values};
  EXPECT_EQ(rig.broker->publish({.broker = "b", .to = "q"}, call).end, LegEnd::done);
  const BrokerMessage message = arrived.get_future().get();
  EXPECT_FALSE(message.context);
  EXPECT_EQ(message.body, "{}");
}

TEST(Broker, AFaultThatInjectsNothingIsObeyed) {
  BrokerRig rig(EnvironmentMap{{"TRACETAX_FAULT", "no_inject"}});
  std::promise<BrokerMessage> arrived;
  auto consumer = rig.broker->consume(
      consumer_of("q"), [&](std::span<const BrokerMessage> all) { arrived.set_value(all[0]); });
  ASSERT_TRUE(consumer);
  EXPECT_EQ(rig.publish("q").end, LegEnd::done);
  EXPECT_FALSE(arrived.get_future().get().context);
}

TEST(Broker, ARingHasOneConsumer) {
  BrokerRig rig;
  const auto first = rig.broker->consume(consumer_of("q"), [](auto) {});
  ASSERT_TRUE(first);
  const auto second = rig.broker->consume(consumer_of("q"), [](auto) {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "ring 'q' has two consumers; right is one");
}

TEST(Broker, TracedAsNothingElse) {
  BrokerLeg leg;
  leg.name = "mq";
  leg.traced_as = "otelsarama";
  const auto broker = make_broker(leg, {});
  ASSERT_FALSE(broker);
  EXPECT_EQ(broker.error().code, ExitCode::usage);
  EXPECT_NE(broker.error().message.find("'otelsarama'"), std::string::npos);
}

/// Gives numbered messages, and breaks where it is told to.
struct Script {
  int messages = 0;
  int breaks_at = -1;
  std::mutex mutex;
  int given = 0, opened = 0, acknowledged = 0;
};

class ScriptedSource final : public MessageSource {
 public:
  explicit ScriptedSource(Script& script) : script_(script) {}
  Result<std::optional<BrokerMessage>> next(Nanos wait) override {
    {
      const std::lock_guard lock(script_.mutex);
      if (script_.given == script_.breaks_at) {
        script_.breaks_at = -1;
        return failure(ExitCode::fail, "broken");
      }
      if (script_.given < script_.messages) {
        BrokerMessage message;
        message.body = std::to_string(script_.given++);
        return message;
      }
    }
    std::this_thread::sleep_for(std::min<Nanos>(wait, 5ms));
    return std::nullopt;
  }
  Status acknowledge() override {
    const std::lock_guard lock(script_.mutex);
    script_.acknowledged = script_.given;
    return {};
  }

 private:
  Script& script_;
};

OpenSource open_script(Script& script) {
  return [&script]() -> Result<std::unique_ptr<MessageSource>> {
    const std::lock_guard lock(script.mutex);
    ++script.opened;
    return std::make_unique<ScriptedSource>(script);
  };
}

TEST(ConsumerLoop, BatchesAreFullOrTheirTimeIsUp) {
  Script script;
  script.messages = 25;
  ConsumerSpec spec = consumer_of("q");
  spec.batch = 10;
  spec.within = 20ms;
  std::vector<std::size_t> sizes;
  {
    const auto consumer = start_consumer(
        spec, open_script(script), [&](auto all) { sizes.push_back(all.size()); }, 0s);
    ASSERT_TRUE(consumer);
  }  // what is there is still handled
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 10, 5}));
  EXPECT_EQ(script.acknowledged, 25);
}

TEST(ConsumerLoop, OpensAgainAndHandsOverNothingOfABrokenBatch) {
  Script script;
  script.messages = 5;
  script.breaks_at = 3;
  ConsumerSpec spec = consumer_of("q");
  spec.batch = 4;
  spec.within = 1s;
  std::promise<std::vector<std::string>> arrived;
  const auto consumer = start_consumer(
      spec, open_script(script),
      [&](std::span<const BrokerMessage> all) {
        std::vector<std::string> bodies;
        for (const BrokerMessage& message : all) bodies.push_back(message.body);
        arrived.set_value(bodies);
      },
      0s);
  ASSERT_TRUE(consumer);
  // A broker would send 0 to 2 again; this script goes on.
  EXPECT_EQ(arrived.get_future().get(), (std::vector<std::string>{"3", "4"}));
  const std::lock_guard lock(script.mutex);
  EXPECT_EQ(script.opened, 2);
}

TEST(ConsumerLoop, AFirstOpeningThatFailsIsTheError) {
  const auto consumer = start_consumer(
      consumer_of("q"),
      []() -> Result<std::unique_ptr<MessageSource>> { return failure(ExitCode::fail, "nobody"); },
      [](auto) {}, 150ms);
  ASSERT_FALSE(consumer);
  EXPECT_EQ(consumer.error().message, "nobody");
}

}  // namespace
}  // namespace tracetax
