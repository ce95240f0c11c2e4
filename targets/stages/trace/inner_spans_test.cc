// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/inner_spans.h"

#include <gtest/gtest.h>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/trace/trace.h"

namespace tracetax {
namespace {

class CollectInner final : public SpanExporter {
 public:
  explicit CollectInner(std::vector<SpanData>& spans) : spans_(spans) {}
  ExportResult export_spans(std::span<const SpanPointer> batch, SteadyTime) override {
    for (const SpanPointer& span : batch) spans_.push_back(*span);
    return {batch.size(), 0};
  }
  void begin_shutdown(SteadyTime) noexcept override {}

 private:
  std::vector<SpanData>& spans_;
};

struct Inner {
  std::vector<SpanData> spans;  // in the order of their ends: the server's is the last
  SpanCounts counts;
};

/// Of one sampled request.
Inner three_inner_spans(const EnvironmentMap& variables) {
  Inner inner;
  const auto tracer = Tracer::make(read_tracing_config(variables).value(),
                                   std::make_unique<CollectInner>(inner.spans))
                          .value();
  ExchangeFixture f;
  f.headers.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  std::vector<StagePointer> stages;
  stages.push_back(make_stage(TraceSpec{}, *tracer));
  stages.push_back(make_stage(InnerSpansSpec{3}, *tracer));
  Chain(std::move(stages)).handle(f.exchange);
  EXPECT_TRUE(tracer->force_flush(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
  inner.counts = tracer->counts();
  return inner;
}

TEST(InnerSpans, AreSiblingsUnderTheServersSpanWithTheirAttributes) {
  const Inner inner = three_inner_spans({});
  ASSERT_EQ(inner.spans.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(inner.spans[i].parent_span_id, inner.spans[3].context.span_id);
    EXPECT_EQ(inner.spans[i].kind, SpanKind::internal);
    EXPECT_EQ(inner.spans[i].attributes.size(), 1U);
    EXPECT_EQ(inner.spans[i].name, fmt::format("step {}", i + 1));
  }
  EXPECT_EQ(inner.counts.set_after_end, 0U);
}

TEST(InnerSpans, WithAShadowedContextEachIsUnderOneThatHasEndedAndLosesItsAttribute) {
  const Inner inner = three_inner_spans({{"TRACETAX_FAULT", "ctx_shadow"}});
  ASSERT_EQ(inner.spans.size(), 4U);
  EXPECT_EQ(inner.spans[0].parent_span_id, inner.spans[3].context.span_id);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(inner.spans[i].parent_span_id, inner.spans[i - 1].context.span_id);
    EXPECT_LE(inner.spans[i - 1].end_ns, inner.spans[i].start_ns);
    EXPECT_TRUE(inner.spans[i].attributes.empty());
  }
  EXPECT_EQ(inner.counts.set_after_end, 3U);
}

TEST(InnerSpans, WithABackgroundContextEachIsTheRootOfATraceOfItsOwn) {
  const Inner inner = three_inner_spans({{"TRACETAX_FAULT", "background_context"}});
  ASSERT_EQ(inner.spans.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(inner.spans[i].parent_span_id.valid());
    EXPECT_NE(inner.spans[i].context.trace_id, inner.spans[3].context.trace_id);
  }
  EXPECT_TRUE(inner.spans[3].parent_span_id.valid());
}

}  // namespace
}  // namespace tracetax
