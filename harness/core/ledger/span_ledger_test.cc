// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/span_ledger.h"

#include <gtest/gtest.h>

#include <random>

namespace tracetax {
namespace {

SegmentRecord record(std::uint64_t expected, std::uint64_t received) {
  SegmentRecord segment;
  segment.receipt.expected = expected;
  segment.receipt.traces_expected = expected;
  segment.receipt.received = received;
  return segment;
}

/// expected - lost + more, over all stages, is what the last stage counted.
void expect_sums_close(const SpanLedger& ledger) {
  std::optional<std::uint64_t> flow;
  for (const LedgerStage& stage : ledger.stages) {
    if (stage.stage == SpanStage::requests) continue;
    if (stage.by == CountedBy::nobody || stage.by == CountedBy::inferred) continue;
    if (flow) flow = *flow - stage.lost + stage.more;
    if (!flow) flow = stage.count;
    EXPECT_EQ(*flow, *stage.count) << name_of(stage.stage);
    std::uint64_t named = 0;
    for (const NamedLoss& loss : stage.named) named += loss.spans;
    EXPECT_LE(named, stage.lost) << name_of(stage.stage);
  }
}

TEST(SpanLedger, WhatIsSeenByNobodyIsInferredFromWhatCame) {
  const SpanLedger ledger = make_ledger(record(10, 10), {});
  ASSERT_NE(ledger.find(SpanStage::ended), nullptr);
  EXPECT_EQ(ledger.find(SpanStage::ended)->by, CountedBy::inferred);
  EXPECT_EQ(ledger.find(SpanStage::ended)->count, 10U);
  EXPECT_TRUE(ledger.closes());
  EXPECT_EQ(ledger.find(SpanStage::collected), nullptr);  // there is no collector
}

TEST(SpanLedger, WhereNothingComesNothingIsInferred) {
  const SpanLedger ledger = make_ledger(record(10, 0), {});
  EXPECT_EQ(ledger.find(SpanStage::ended)->by, CountedBy::nobody);
  EXPECT_EQ(ledger.find(SpanStage::ended)->count, std::nullopt);
  ASSERT_TRUE(ledger.first_leak);
  EXPECT_EQ(leak_sentence(ledger), "10 of 10 spans are lost between expected and received");
}

TEST(SpanLedger, TheFirstLeakIsNamedWithItsParts) {
  SegmentRecord segment = record(100, 60);
  segment.self_counts = SelfCounts{
      .started = 120, .sampled = 100, .ended = 100, .dropped = 30, .exported = 60, .failed = 10};
  segment.export_words = "connection refused";
  const SpanLedger ledger = make_ledger(segment, {});
  expect_sums_close(ledger);
  EXPECT_EQ(leak_sentence(ledger),
            "30 of 100 spans are lost between ended and queued: 30 dropped by the target's queue");
  const LedgerStage* exported = ledger.find(SpanStage::exported);
  ASSERT_EQ(exported->named.size(), 1U);
  EXPECT_EQ(exported->named.front(),
            (NamedLoss{"failed to export (its SDK says: connection refused)", 10}));
  EXPECT_TRUE(ledger.contradictions.empty());
  EXPECT_EQ(losses_sentence(ledger),
            "first leak between ended and queued: 30 dropped by the target's queue, 10 failed to "
            "export (its SDK says: connection refused)");
  segment.self_counts->failed = 0;
  EXPECT_EQ(
      losses_sentence(make_ledger(segment, {})),
      "first leak between ended and queued: 30 dropped by the target's queue, 10 still in the "
      "target when it ended; its SDK says: connection refused");
  segment.self_counts.reset();
  EXPECT_EQ(losses_sentence(make_ledger(segment, {})),
            "first leak between expected and received; its SDK says: connection refused");
  EXPECT_EQ(losses_sentence(make_ledger(record(9, 9), {})), "");
  EXPECT_EQ(losses_sentence(make_ledger(record(9, 8), {})), "") << "the receipt says it";
}

TEST(SpanLedger, ACollectorIsAStageOfTheWay) {
  SegmentRecord segment = record(100, 40);
  segment.service_metrics["otel"] = {
      {"otelcol_receiver_accepted_spans_total{receiver=\"otlp\",transport=\"http\"}", 90},
      {"otelcol_receiver_accepted_spans_total{receiver=\"otlp\",transport=\"grpc\"}", 10},
      {"otelcol_exporter_sent_spans_total{exporter=\"otlp_http\"}", 40},
      {"otelcol_exporter_sent_spans_total{exporter=\"debug\"}", 100},
      {"otelcol_exporter_send_failed_spans_total{exporter=\"otlp_http\"}", 60},
      {"otelcol_process_uptime_seconds_total{}", 3}};
  const SpanLedger ledger = make_ledger(segment, {.relay = "otel"});
  expect_sums_close(ledger);
  EXPECT_EQ(leak_sentence(ledger),
            "60 of 100 spans are lost between collected and forwarded: 60 'otel' failed to send "
            "them on");
  EXPECT_TRUE(ledger.contradictions.empty());
}

TEST(SpanLedger, ASamplerThatDropsOnPurposeIsNoLeak) {
  SegmentRecord segment = record(100, 10);
  EXPECT_FALSE(make_ledger(segment, {.drops_on_purpose = true}).first_leak);
  segment.self_counts = SelfCounts{.started = 100, .sampled = 10, .ended = 10, .exported = 10};
  EXPECT_FALSE(make_ledger(segment, {.drops_on_purpose = true}).first_leak);
  segment.receipt.received = 9;  // behind the sampler a loss is one
  EXPECT_EQ(leak_sentence(make_ledger(segment, {.drops_on_purpose = true})),
            "1 of 10 spans are lost between exported and received");
}

TEST(SpanLedger, CountsOfOneOfSeveralProcessesAreNoStage) {
  SegmentRecord segment = record(100, 100);
  segment.self_counts = SelfCounts{.started = 50, .sampled = 50, .ended = 50, .exported = 50};
  EXPECT_TRUE(make_ledger(segment, {.counts_all = false}).closes());
  EXPECT_FALSE(make_ledger(segment, {}).closes());
}

// Consistent counts: each stage is what the one before it left.
TEST(SpanLedger, SumsCloseForWhateverIsConsistent) {
  std::mt19937_64 draw(7);
  const auto up_to = [&](std::uint64_t most) { return draw() % (most + 1); };
  for (int round = 0; round < 2000; ++round) {
    SegmentRecord segment;
    const std::uint64_t expected = up_to(1000);
    SelfCounts self;
    self.sampled = up_to(expected);
    self.started = self.sampled + up_to(2000);
    self.ended = up_to(self.sampled);
    self.dropped = up_to(self.ended);
    self.failed = up_to(self.ended - self.dropped);
    self.exported = up_to(self.ended - self.dropped - self.failed);
    const std::uint64_t accepted = up_to(self.exported), sent = up_to(accepted);
    const std::uint64_t received = up_to(sent);
    segment.receipt.expected = segment.receipt.traces_expected = expected;
    segment.receipt.received = received;
    if (up_to(3) > 0) segment.self_counts = self;
    const LedgerFacts facts{.relay = up_to(1) > 0 ? "c" : ""};
    if (up_to(3) > 0)
      segment.service_metrics["c"] = {
          {"otelcol_receiver_accepted_spans", static_cast<double>(accepted)},
          {"otelcol_exporter_sent_spans{exporter=\"otlp\"}", static_cast<double>(sent)}};
    const SpanLedger ledger = make_ledger(segment, facts);
    expect_sums_close(ledger);
    EXPECT_TRUE(ledger.contradictions.empty()) << ledger.contradictions.front();
    EXPECT_EQ(ledger.first_leak.has_value(), received < expected) << round;
  }
}

TEST(SpanLedger, WhatCannotBeIsSaid) {
  const SelfCounts right{.started = 10, .sampled = 10, .ended = 10, .exported = 10};
  struct {
    SelfCounts self;
    std::uint64_t received;
    std::string_view words;
  } const cases[] = {
      {{.started = 9, .sampled = 10, .ended = 10, .exported = 10}, 10, "sampled than started"},
      {{.started = 10, .sampled = 10, .ended = 11, .exported = 11}, 10, "ended than sampled"},
      {{.started = 10, .sampled = 10, .ended = 10, .dropped = 1, .exported = 10}, 10, "than ended"},
      {right, 12, "2 spans more came to the sink"},
  };
  for (const auto& [self, received, words] : cases) {
    SegmentRecord segment = record(10, received);
    segment.self_counts = self;
    const SpanLedger ledger = make_ledger(segment, {});
    ASSERT_FALSE(ledger.contradictions.empty()) << words;
    EXPECT_NE(ledger.contradictions.front().find(words), std::string::npos)
        << ledger.contradictions.front();
    EXPECT_FALSE(ledger.closes());
    expect_sums_close(ledger);
  }
}

}  // namespace
}  // namespace tracetax
