// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/tracer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "targets/tracing/ids.h"

namespace tracetax {
namespace {

const EnvironmentMap kDefaults;
EnvironmentMap with(std::string name, std::string value) {
  return {{std::move(name), std::move(value)}};
}

/// Keeps the spans that it gets.
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

struct Rig {
  explicit Rig(const EnvironmentMap& variables) {
    const auto config = read_tracing_config(variables);
    tracer = Tracer::make(config.value(), std::make_unique<KeepingExporter>(kept)).value();
  }
  void finish() { tracer->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(20)); }
  std::vector<SpanData> kept;
  std::unique_ptr<Tracer> tracer;
};

TraceContext caller(std::uint8_t flags) { return {random_trace_id(), random_span_id(), flags}; }

Attributes numbered(int count) {
  static std::vector<std::string> keys = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 300; ++i) made.push_back("key" + std::to_string(i));
    return made;
  }();
  Attributes attributes;
  for (int i = 0; i < count; ++i) {
    attributes.push_back({keys[static_cast<std::size_t>(i)], std::int64_t{i}});
  }
  return attributes;
}

TEST(Tracer, SpanContinuesTheCallersTrace) {
  Rig rig(kDefaults);
  const TraceContext parent = caller(0x03);
  {
    Span span = rig.tracer->start_span("GET /x", SpanKind::server, parent, {});
    EXPECT_TRUE(span.is_recording());
    EXPECT_EQ(span.context().trace_id, parent.trace_id);
    EXPECT_NE(span.context().span_id, parent.span_id);
    EXPECT_EQ(span.context().flags, 0x03);
  }
  rig.finish();
  ASSERT_EQ(rig.kept.size(), 1U);
  EXPECT_EQ(rig.kept[0].parent_span_id, parent.span_id);
  EXPECT_TRUE(rig.kept[0].parent_is_remote);
  EXPECT_GE(rig.kept[0].end_ns, rig.kept[0].start_ns);
  EXPECT_EQ(rig.tracer->counts(), (SpanCounts{1, 1, 1, 0, 1, 0}));
}

TEST(Tracer, UnsampledParentGivesAContextButNoSpan) {
  Rig rig(kDefaults);
  const TraceContext parent = caller(0x00);
  {
    Span span = rig.tracer->start_span("GET /x", SpanKind::server, parent, {});
    EXPECT_FALSE(span.is_recording());
    EXPECT_EQ(span.context().trace_id, parent.trace_id);
    EXPECT_TRUE(span.context().span_id.valid());
    EXPECT_FALSE(span.context().sampled());
  }
  rig.finish();
  EXPECT_EQ(rig.tracer->counts(), (SpanCounts{1, 0, 0, 0, 0, 0}));
}

TEST(Tracer, ChildSpanHasItsParentInThisProgram) {
  Rig rig(kDefaults);
  {
    Span outer = rig.tracer->start_span("outer", SpanKind::server, caller(0x01), {});
    const Span inner = rig.tracer->start_child_span("inner", SpanKind::client, outer, {});
    EXPECT_EQ(inner.context().trace_id, outer.context().trace_id);
  }
  rig.finish();
  ASSERT_EQ(rig.kept.size(), 2U);
  EXPECT_EQ(rig.kept[0].name, "inner");
  EXPECT_EQ(rig.kept[0].parent_span_id, rig.kept[1].context.span_id);
  EXPECT_FALSE(rig.kept[0].parent_is_remote);
}

TEST(Tracer, ChildOfNoContextIsARoot) {
  Rig rig(kDefaults);
  const Span none;
  const Span span = rig.tracer->start_child_span("x", SpanKind::client, none, {});
  EXPECT_TRUE(span.context().trace_id.valid());
}

TEST(Tracer, WhatTheCallerSentGoesWithItsTrace) {
  Rig rig(kDefaults);
  Carried carried{.trace_state = "vendor=1"};
  parse_baggage("user=ann", carried.baggage);
  const Caller from{caller(0x01), std::make_shared<const Carried>(carried)};
  {
    Span outer = rig.tracer->start_span("outer", SpanKind::server, from, {});
    const Span inner = rig.tracer->start_child_span("inner", SpanKind::client, outer, {});
    ASSERT_TRUE(inner.carried());
    EXPECT_EQ(inner.carried()->trace_state, "vendor=1");
    EXPECT_EQ(format_baggage(inner.carried()->baggage), "user=ann");
  }
  rig.finish();
  ASSERT_EQ(rig.kept.size(), 2U);
  for (const SpanData& span : rig.kept) EXPECT_EQ(span.trace_state, "vendor=1");
}

TEST(Tracer, FormatsAreTheVariables) {
  EXPECT_EQ(Rig(kDefaults).tracer->propagators({}), kW3c);
  EXPECT_EQ(Rig(with("OTEL_PROPAGATORS", "b3")).tracer->propagators({}),
            Propagators{Propagator::b3});
}

TEST(Tracer, RootsGetFreshIds) {
  Rig rig(kDefaults);
  std::set<TraceId> ids;
  for (int i = 0; i < 100; ++i) {
    ids.insert(rig.tracer->start_span("x", SpanKind::server, std::nullopt, {}).context().trace_id);
  }
  EXPECT_EQ(ids.size(), 100U);
  rig.finish();
  EXPECT_FALSE(rig.kept.at(0).parent_span_id.valid());
}

/// Keeps what it is asked, and what it hears.
class CuriousSampler final : public Sampler {
 public:
  CuriousSampler(bool hears, std::vector<std::string>& heard) : hears_(hears), heard_(heard) {}
  SamplingResult decide(const SamplingInput& input) const noexcept override {
    std::string text = fmt::format("{} {}", input.name, static_cast<int>(input.kind));
    for (const Attribute& attribute : input.attributes) text += fmt::format(" {}", attribute.key);
    heard_.push_back(text);
    return input.name == "no" ? SamplingDecision::drop : SamplingDecision::record_and_sample;
  }
  bool hears_of_ends() const noexcept override { return hears_; }
  void on_end(const SpanData& span) noexcept override { heard_.push_back("end of " + span.name); }
  std::string describe() const override { return "Curious"; }

 private:
  bool hears_;
  std::vector<std::string>& heard_;
};

std::vector<std::string> heard_by(SamplerPointer (*wrap)(SamplerPointer), bool hears) {
  std::vector<std::string> heard;
  std::vector<SpanData> kept;
  const auto tracer = Tracer::make(read_tracing_config(with("TRACETAX_STATE", "record")).value(),
                                   std::make_unique<KeepingExporter>(kept),
                                   wrap(std::make_unique<CuriousSampler>(hears, heard)))
                          .value();
  { Span no = tracer->start_span("no", SpanKind::client, std::nullopt, {}); }
  Span span = tracer->start_span("GET /x", SpanKind::server, std::nullopt, numbered(2));
  span.set_name("GET /x/:id");
  span.end();
  return heard;
}

TEST(Tracer, TheSamplerSeesNameKindAndAttributesAndMayHearOfEnds) {
  const auto plain = [](SamplerPointer sampler) { return sampler; };
  const std::vector<std::string> asked{"no 3", "GET /x 2 key0 key1"};
  EXPECT_EQ(heard_by(plain, false), asked);
  std::vector<std::string> all = asked;
  all.emplace_back("end of GET /x/:id");
  EXPECT_EQ(heard_by(plain, true), all);
  EXPECT_EQ(heard_by(make_parent_based, true), all);
}

TEST(Tracer, NoopPassesTheCallersContextThrough) {
  Rig rig(with("TRACETAX_STATE", "noop"));
  const TraceContext parent = caller(0x01);
  const Span span = rig.tracer->start_span("x", SpanKind::server, parent, numbered(3));
  EXPECT_EQ(span.context(), parent);
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(rig.tracer->counts(), SpanCounts{});
}

TEST(Tracer, DropMakesIdsAndSaysNoEvenToSampledParents) {
  Rig rig(with("TRACETAX_STATE", "drop"));
  const TraceContext parent = caller(0x01);
  const Span span = rig.tracer->start_span("x", SpanKind::server, parent, {});
  EXPECT_NE(span.context().span_id, parent.span_id);
  EXPECT_FALSE(span.context().sampled());
  EXPECT_EQ(rig.tracer->counts(), (SpanCounts{1, 0, 0, 0, 0, 0}));
}

TEST(Tracer, RecordEndsSpansAndExportsNone) {
  Rig rig(with("TRACETAX_STATE", "record"));
  { Span span = rig.tracer->start_span("x", SpanKind::server, caller(0x01), {}); }
  rig.finish();
  EXPECT_EQ(rig.tracer->counts(), (SpanCounts{1, 1, 1, 0, 0, 0}));
}

class RecordsOnly final : public Sampler {
 public:
  SamplingResult decide(const SamplingInput&) const noexcept override {
    return SamplingDecision::record_only;
  }
  std::string describe() const override { return "RecordsOnly"; }
};

TEST(Tracer, SpansThatOnlyRecordAreNotCountedAsSomethingToExport) {
  std::vector<SpanData> kept;
  const auto tracer =
      Tracer::make(read_tracing_config(kDefaults).value(), std::make_unique<KeepingExporter>(kept),
                   std::make_unique<RecordsOnly>())
          .value();
  {
    Span span = tracer->start_span("x", SpanKind::server, caller(0x01), {});
    EXPECT_TRUE(span.is_recording());
  }
  tracer->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(20));
  EXPECT_TRUE(kept.empty());
  EXPECT_EQ(tracer->counts(), (SpanCounts{1, 0, 0, 0, 0, 0}));
}

TEST(Span, HoldsAtMost128AttributesAndCountsTheRest) {
  Rig rig(kDefaults);
  {
    Span span = rig.tracer->start_span("x", SpanKind::server, caller(0x01), numbered(100));
    span.set_attributes(numbered(200));
  }
  rig.finish();
  EXPECT_EQ(rig.kept.at(0).attributes.size(), 128U);
  EXPECT_EQ(rig.kept.at(0).dropped_attributes, 72U);
}

TEST(Span, HoldsAtMostTheConfiguredEvents) {
  Rig rig(with("OTEL_SPAN_EVENT_COUNT_LIMIT", "2"));
  {
    Span span = rig.tracer->start_span("x", SpanKind::server, caller(0x01), {});
    for (int i = 0; i < 5; ++i) span.add_event("e", {});
  }
  rig.finish();
  EXPECT_EQ(rig.kept.at(0).events.size(), 2U);
  EXPECT_EQ(rig.kept.at(0).dropped_events, 3U);
}

TEST(Span, LinksAreKeptAndThoseThatSayNothingAreNot) {
  Rig rig(with("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "1"));
  const TraceContext other = caller(0x01);
  {
    Span span = rig.tracer->start_span("x", SpanKind::server, caller(0x01), {});
    span.add_link({});
    span.add_link(
        {.context = other, .trace_state = {}, .is_remote = true, .attributes = numbered(3)});
  }
  rig.finish();
  ASSERT_EQ(rig.kept.at(0).links.size(), 1U);
  EXPECT_EQ(rig.kept[0].links[0].context, other);
  EXPECT_EQ(rig.kept[0].links[0].dropped_attributes, 2U);
}

TEST(Span, LastValueOfAKeyWins) {
  Rig rig(kDefaults);
  {
    Span span =
        rig.tracer->start_span("x", SpanKind::server, caller(0x01), {{"k", std::int64_t{1}}});
    span.set_attributes({{"k", std::string("two")}});
  }
  rig.finish();
  ASSERT_EQ(rig.kept.at(0).attributes.size(), 1U);
  EXPECT_EQ(std::get<std::string>(rig.kept[0].attributes[0].value), "two");
}

TEST(Span, StatusOkIsFinalAndOnlyErrorsHaveAMessage) {
  Rig rig(kDefaults);
  {
    Span span = rig.tracer->start_span("x", SpanKind::server, caller(0x01), {});
    span.set_status(SpanStatus::error, "bad");
    span.set_status(SpanStatus::unset);
    span.set_status(SpanStatus::ok, "ignored");
    span.set_status(SpanStatus::error, "late");
    span.set_name("renamed");
  }
  rig.finish();
  EXPECT_EQ(rig.kept.at(0).status, SpanStatus::ok);
  EXPECT_EQ(rig.kept.at(0).status_message, "");
  EXPECT_EQ(rig.kept.at(0).name, "renamed");
}

TEST(Span, EndsOnce) {
  Rig rig(kDefaults);
  {
    Span span = rig.tracer->start_span("x", SpanKind::server, caller(0x01), {});
    span.end();
    span.set_attributes({{"late", true}});
    Span moved = std::move(span);
    moved.end();
  }
  rig.finish();
  EXPECT_EQ(rig.tracer->counts().ended, 1U);
}

}  // namespace
}  // namespace tracetax
