// The trace stage by records made up for the test: what each switch of a record does.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/application/work.h"
#include "targets/stages/trace/trace.h"
#include "targets/tracing/exporter.h"

namespace tracetax {
namespace {

constexpr const char* kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr const char* kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

class KeepSpans final : public SpanExporter {
 public:
  explicit KeepSpans(std::vector<SpanData>& kept) : kept_(kept) {}
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    for (const SpanPointer& span : batch) kept_.push_back(*span);
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}

 private:
  std::vector<SpanData>& kept_;
};

struct Rig {
  Rig()
      : tracer(Tracer::make(read_tracing_config({}).value(), std::make_unique<KeepSpans>(spans))
                   .value()) {}
  /// Handles a request with this traceparent by nested stages and a handler.
  void handle(const std::vector<TraceRecord>& records, std::function<void(Exchange&)> handler,
              const char* traceparent = kSampled) {
    f.headers.set("traceparent", traceparent);
    f.make_rpc();
    std::vector<StagePointer> stages;
    for (const TraceRecord& record : records)
      stages.push_back(make_stage(TraceSpec{record}, *tracer));
    stages.push_back(std::make_unique<FunctionStage>(std::move(handler)));
    Chain(std::move(stages)).handle(f.exchange);
    EXPECT_TRUE(tracer->force_flush(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
  }
  std::vector<SpanData> spans;
  std::unique_ptr<Tracer> tracer;
  ExchangeFixture f;
};

std::string header_of(const HeaderList& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, &AnswerHeader::name);
  return found == headers.end() ? "(none)" : found->value;
}

TraceRecord client_record() {
  return {
      .scope_name = {}, .scope_version = {}, .kind = SpanKind::client, .name = SpanName::operation};
}

TEST(TraceRecord, KeptEventsHaveTheTimesAtWhichTheyHappened) {
  Rig rig;
  std::int64_t inside = 0;
  rig.handle({{.scope_name = {},
               .scope_version = {},
               .name = SpanName::method,
               .events = {{"before", EventSpec::When::before}, {"after", EventSpec::When::after}},
               .keeps_events = true}},
             [&](Exchange&) { inside = unix_now_ns(); });
  ASSERT_EQ(rig.spans.size(), 1U);
  const SpanData& span = rig.spans[0];
  ASSERT_EQ(span.events.size(), 2U);
  EXPECT_LE(span.start_ns, span.events[0].time_ns);
  EXPECT_LE(span.events[0].time_ns, inside);
  EXPECT_LE(inside, span.events[1].time_ns);
  EXPECT_LE(span.events[1].time_ns, span.end_ns);
}

TEST(TraceRecord, LiveEventsSeeTheExchangeAsItIsThen) {
  Rig rig;
  rig.handle({{.scope_name = {},
               .scope_version = {},
               .events = {{"in", EventSpec::When::before, {{"size", ExchangeValue::received_size}}},
                          {"out", EventSpec::When::after, {{"size", ExchangeValue::sent_size}}}}}},
             [](Exchange& exchange) { exchange.answer = "123"; });
  ASSERT_EQ(rig.spans.at(0).events.size(), 2U);
  EXPECT_EQ(rig.spans[0].events[0].attributes.at(0).value, AttributeValue(std::int64_t{7}));
  EXPECT_EQ(rig.spans[0].events[1].attributes.at(0).value, AttributeValue(std::int64_t{3}));
}

TEST(TraceRecord, StatusIsUnsetUnlessTheRecordSetsOk) {
  for (const bool sets_ok : {false, true}) {
    Rig rig;
    rig.handle({{.scope_name = {}, .scope_version = {}, .sets_ok = sets_ok}}, [](Exchange&) {});
    EXPECT_EQ(rig.spans.at(0).status, sets_ok ? SpanStatus::ok : SpanStatus::unset);
  }
}

TEST(TraceRecord, AnErrorBeginsWhereTheRecordSays) {
  for (const unsigned status : {399U, 400U, 499U, 500U}) {
    for (const unsigned from : {400U, 500U}) {
      Rig rig;
      rig.handle({{.scope_name = {},
                   .scope_version = {},
                   .sets_ok = true,
                   .error_from = from,
                   .exception_event = true}},
                 [&](Exchange& exchange) { exchange.status = status; });
      const SpanData& span = rig.spans.at(0);
      EXPECT_EQ(span.status, status >= from ? SpanStatus::error : SpanStatus::ok);
      EXPECT_EQ(span.events.size(), status >= from ? 1U : 0U);
    }
  }
}

TEST(TraceRecord, TheContextGoesIntoTheAnswerWhereAsked) {
  Rig rig;
  rig.handle({{.scope_name = {}, .scope_version = {}, .injects_into_answer = true}},
             [](Exchange&) {});
  EXPECT_EQ(header_of(rig.f.exchange.answer_headers, "Traceparent"),
            format_traceparent(rig.spans.at(0).context));
}

TEST(TraceRecord, AClientSpanIsTheServersChildAndSendsItsOwnContext) {
  Rig rig;
  std::string sent;
  rig.handle(
      {{.scope_name = {}, .scope_version = {}, .name = SpanName::operation}, client_record()},
      [&](Exchange& e) { sent = header_of(e.call_headers, "traceparent"); });
  ASSERT_EQ(rig.spans.size(), 2U);
  EXPECT_EQ(rig.spans[0].kind, SpanKind::client);
  EXPECT_EQ(rig.spans[0].parent_span_id, rig.spans[1].context.span_id);
  EXPECT_FALSE(rig.spans[0].parent_is_remote);
  EXPECT_EQ(sent, format_traceparent(rig.spans[0].context));
}

TEST(TraceRecord, NestedClientSpansSendTheInnermostContextOnce) {
  Rig rig;
  HeaderList sent;
  rig.handle({{}, client_record(), client_record()}, [&](Exchange& e) { sent = e.call_headers; });
  ASSERT_EQ(rig.spans.size(), 3U);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].value, format_traceparent(rig.spans[0].context));
  EXPECT_EQ(rig.spans[0].parent_span_id, rig.spans[1].context.span_id);
}

TEST(TraceRecord, AnUnsampledDecisionIsPassedOnUnlessTheRecordKeepsIt) {
  for (const bool passes : {true, false}) {
    Rig rig;
    HeaderList sent;
    TraceRecord client = client_record();
    client.injects_unsampled = passes;
    client.call_headers = {{"service.name", "shop"}};
    rig.handle(
        {{}, client}, [&](Exchange& e) { sent = e.call_headers; }, kUnsampled);
    EXPECT_TRUE(rig.spans.empty());
    EXPECT_EQ(sent.size(), passes ? 2U : 0U);
    if (passes) {
      EXPECT_TRUE(header_of(sent, "traceparent").ends_with("-00"));
    }
  }
}

TEST(TraceRecord, TheStagesInsideSeeTheServersSpan) {
  Rig rig;
  TraceContext seen;
  const Span* behind = nullptr;
  rig.handle({{}}, [&](Exchange& e) {
    seen = e.trace;
    EXPECT_TRUE(e.span_records);
    EXPECT_NE(e.span, nullptr);
  });
  behind = rig.f.exchange.span;
  EXPECT_EQ(seen, rig.spans.at(0).context);
  EXPECT_EQ(behind, nullptr);
}

TEST(TraceRecord, TheApplicationAddsAttributesToTheSpanAroundIt) {
  for (const int count : {0, 1, 50}) {
    Rig rig;
    const StagePointer work = make_stage(WorkSpec{.span_attributes = count});
    rig.handle({{}}, [&](Exchange& e) { work->handle(e, Next({})); });
    const Attributes& attributes = rig.spans.at(0).attributes;
    const auto theirs = std::ranges::count_if(attributes, [](const Attribute& attribute) {
      return attribute.key.starts_with("application.item.") && attribute.key.size() == 20 &&
             std::get<std::string>(attribute.value).size() == 20;
    });
    EXPECT_EQ(theirs, count);
    // Without a span around it there is nothing to add to.
    rig.handle({}, [&](Exchange& e) { work->handle(e, Next({})); });
  }
}

TEST(TraceRecord, EndAttributesAreLeftOutForASpanThatDoesNotRecord) {
  Rig rig;
  rig.handle({{.scope_name = {},
               .scope_version = {},
               .at_end = {{"a", ExchangeValue::status_code}},
               .asks_recording = true}},
             [](Exchange&) {});
  EXPECT_EQ(rig.spans.at(0).attributes.size(), 1U);
}

TEST(SpanNames, AreWhatEachRuleSays) {
  const Route route{"GET", "/users/:id", Action::get_user};
  ExchangeFixture f;
  f.exchange.route = &route;
  const auto name = [&](SpanName rule, std::string_view prefix = {}) {
    return span_name({.scope_name = {}, .scope_version = {}, .name = rule, .name_prefix = prefix},
                     f.exchange);
  };
  EXPECT_EQ(name(SpanName::method_route), "GET /users/:id");
  EXPECT_EQ(name(SpanName::route), "/users/:id");
  EXPECT_EQ(name(SpanName::method_path), "GET /users/:id");
  EXPECT_EQ(name(SpanName::operation), "bench.v1.Bench/GetUser");
  EXPECT_EQ(name(SpanName::full_method), "/bench.v1.Bench/GetUser");
  EXPECT_EQ(name(SpanName::method), "GetUser");
  EXPECT_EQ(name(SpanName::dotted, "bench."), "bench.Bench.GetUser");
  EXPECT_EQ(name(SpanName::path, "CallLocal/bench"), "CallLocal/bench/users/42");
  f.exchange.route = nullptr;
  EXPECT_EQ(name(SpanName::method_route), "GET");
  EXPECT_EQ(name(SpanName::route), "/users/42");
  f.exchange.method = "BREW";
  EXPECT_EQ(name(SpanName::method_route), "HTTP");
  f.exchange.path = "/v1.0/invoke/shop/method/users/42";
  EXPECT_EQ(name(SpanName::invocation, "CallLocal"), "CallLocal/shop/users/42");
}

TEST(TraceRecord, MoreEventsThanThereIsRoomForAreRefused) {
  Rig rig;
  TraceRecord record = client_record();
  record.events.assign(16, {.name = "e"});
  EXPECT_NO_THROW(static_cast<void>(make_stage(TraceSpec{record}, *rig.tracer)));
  record.events.push_back({.name = "one more"});
  EXPECT_THROW(static_cast<void>(make_stage(TraceSpec{record}, *rig.tracer)), std::length_error);
}

}  // namespace
}  // namespace tracetax
