// SPDX-License-Identifier: Apache-2.0
#include "harness/run/segment_receipt.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

LoadPhase sampled_phase() {
  LoadPhase phase;
  phase.ids = RequestIds{7, SampleRate::make(1).value()};
  return phase;
}

TEST(SegmentReceipt, AnExportingArmOwesASpanPerSampledRequest) {
  LoadResult result;
  result.due = 10;
  result.not_sent = {9};
  ExpectedSpans expected;
  expected.phases = {expected_phase(sampled_phase(), result, true)};
  EXPECT_EQ(spans_due(expected), 9U);
}

TEST(SegmentReceipt, AnArmThatDoesNotExportOwesNone) {
  LoadResult result;
  result.due = 10;
  ExpectedSpans expected;
  expected.phases = {expected_phase(sampled_phase(), result, false)};
  EXPECT_EQ(spans_due(expected), 0U);
  EXPECT_EQ(expected.phases[0].ids.at(3).trace_id, sampled_phase().ids.at(3).trace_id);
}

TEST(SegmentReceipt, TheTargetsOwnCountsSayWhatHadToCome) {
  Receipt counted;
  counted.known = false;
  counted.received = 100;
  counted.traces_received = 100;
  SelfCounts self;
  self.ended = 100;
  EXPECT_TRUE(receipt_from_self_counts(counted, self).closes());
  self.ended = 103;
  const Receipt open = receipt_from_self_counts(counted, self);
  EXPECT_FALSE(open.closes());
  EXPECT_NEAR(lost_share(open).value(), 3.0 / 103, 1e-12);
  EXPECT_FALSE(receipt_from_self_counts(counted, std::nullopt).known);
  EXPECT_FALSE(lost_share(counted));
}

TEST(SegmentReceipt, AReceiverMustCountWhatItSaidToHaveTaken) {
  LoadResult warm_up, measured;
  warm_up.due = 10;
  measured.due = 100;
  measured.not_sent = {99};
  measured.uncertain = {7, 8};
  const std::vector<ExpectedPhase> phases = {expected_phase({}, warm_up, false),
                                             expected_phase({}, measured, false)};
  const auto counted = [&](std::uint64_t spans) {
    SelfCounts self;
    self.exported = spans;
    return receipt_of_receiver(self, phases, 0, 5);
  };
  // 10 and 99, of which two have no answer: 107 requests of 5 spans for sure.
  for (const std::uint64_t spans : {535U, 540U, 545U}) {
    EXPECT_TRUE(counted(spans).closes()) << spans;
    EXPECT_EQ(counted(spans).received, 535U);
    EXPECT_EQ(counted(spans).uncertain_spans, spans - 535);
  }
  EXPECT_EQ(counted(530).reason(), "530 spans received, 535 expected");
  EXPECT_EQ(counted(546).reason(), "536 spans received, 535 expected");
  EXPECT_FALSE(receipt_of_receiver(std::nullopt, phases, 0, 5).known);
}

TEST(SegmentReceipt, SampledShareIsOfWhatWasSent) {
  ExpectedSpans phases;
  phases.spans_per_request = 2;
  phases.phases.resize(2);
  phases.phases[0].requests = 60;
  phases.phases[1].requests = 50;
  phases.phases[1].not_sent.resize(10);
  Receipt receipt;
  receipt.expected = receipt.received = 20;
  EXPECT_DOUBLE_EQ(sampled_share(receipt, phases).value(), 0.1);
  phases.spans_per_request = 0;
  EXPECT_FALSE(sampled_share(receipt, phases));
}

SegmentRecord dropping_segment() {
  SegmentRecord segment;
  segment.receipt.received = 20;
  segment.receipt.uncertain_spans = 2;
  segment.receipt.traces_received = 10;
  segment.receipt.keeps = KeepAccount{
      .classes = {{RequestClass::normal, 100, 8, 1, 18}, {RequestClass::error, 20, 1, 0, 2}},
      .uncertain = 1,
      .traces_kept = {},
      .broken = {}};
  return segment;
}

TEST(SegmentReceipt, WhoDropsSaysWhatItKept) {
  SegmentRecord segment = dropping_segment();
  EXPECT_DOUBLE_EQ(share_that_came(segment.receipt), 10.0 / 120);
  EXPECT_FALSE(kept_by(segment, false)) << "nobody counts";
  segment.self_counts = SelfCounts{.sampled = 22};
  EXPECT_EQ(kept_by(segment, false)->traces, 11U);
  EXPECT_EQ(kept_by(segment, false)->came, 11U);
  for (const std::uint64_t sampled : {23U, 24U}) {
    segment.self_counts->sampled = sampled;
    EXPECT_EQ(kept_by(segment, false)->traces, 12U) << "of spans at least one trace";
  }
  EXPECT_FALSE(kept_by(segment, true)) << "another service may have dropped them";
  segment.self_counts->sampled = 21;
  EXPECT_FALSE(kept_by(segment, false)) << "another process made some";
  segment.receipt.keeps.reset();
  EXPECT_FALSE(kept_by(segment, false));
}

TEST(SegmentReceipt, ATailSamplerSaysItOnItsPageOfMetrics) {
  const std::string name = "otelcol_processor_tail_sampling_global_count_traces_sampled";
  for (const std::string label : {"sampled=\"true\"", "decision=\"sampled\""}) {
    SegmentRecord segment = dropping_segment();
    segment.self_counts = SelfCounts{.sampled = 240};
    segment.service_metrics["tail"] = {
        {name + "_total{policy=\"all\"," + label + "}", 12.0},
        {name + "{sampled=\"false\",decision=\"not_sampled\"}", 100.0},
        {"otelcol_exporter_sent_spans", 24.0}};
    segment.service_metrics["database"] = {{"rows", 7.0}};
    const auto kept = kept_by(segment, true);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->traces, 12U);
    EXPECT_EQ(kept->who, "tail");
    EXPECT_EQ(kept_by(segment, false)->who, "the target's sampler") << "it is idle in this arm";
    segment.service_metrics["another"] = {{name, 1.0}};
    EXPECT_FALSE(kept_by(segment, true)) << "which of them is the last?";
  }
}

TEST(SegmentReceipt, AFailedSinkStaysFailed) {
  Receipt failed;
  failed.known = false;
  failed.sink_failure = "gone";
  EXPECT_FALSE(receipt_from_self_counts(failed, SelfCounts{}).closes());
  EXPECT_FALSE(lost_share(failed));
}

TEST(SegmentReceipt, ExportsThatTheBatchDelayDoesNotExplainAreAWarning) {
  Receipt receipt;
  EXPECT_FALSE(slow_exports(receipt, Nanos{0})) << "nothing came";
  receipt.export_delay_p99_ms = 1100;
  EXPECT_FALSE(slow_exports(receipt, std::chrono::seconds{1}));
  receipt.export_delay_p99_ms = 1300;
  const auto warning = slow_exports(receipt, std::chrono::seconds{1});
  ASSERT_TRUE(warning);
  EXPECT_NE(warning->find("came later than 1.2 s after its end, where a batch waits 1 s"),
            std::string::npos)
      << *warning;
}

}  // namespace
}  // namespace tracetax
