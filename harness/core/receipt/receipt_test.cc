// The receipt against literal segments of a few requests, and its ledger against random losses.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/receipt.h"

#include <gtest/gtest.h>

#include <random>

#include "harness/core/receipt/receipt_testing.h"

namespace tracetax {
namespace {

using namespace testing;

TEST(Receipt, ClosesWhenEverySpanArrived) {
  const auto expected = three_requests();
  const RequestIds& ids = expected.phases[0].ids;
  const std::vector<SpanSeen> spans{server_span(ids, 2), server_span(ids, 0), server_span(ids, 1)};
  const std::vector<std::uint32_t> payloads{2, 1};
  const Receipt receipt = make_receipt(expected, spans, payloads, 777);
  EXPECT_TRUE(receipt.closes());
  EXPECT_EQ(receipt.reason(), "");
  EXPECT_EQ(receipt.expected, 3U);
  EXPECT_EQ(receipt.received, 3U);
  EXPECT_EQ(receipt.traces_expected, 3U);
  EXPECT_EQ(receipt.traces_received, 3U);
  EXPECT_EQ(receipt.orphans, 0U);
  EXPECT_EQ(receipt.payloads, 2U);
  EXPECT_EQ(receipt.bytes, 777U);
  EXPECT_EQ(receipt.batch_mean, 1.5);
  EXPECT_EQ(receipt.batch_max, 2U);
}

TEST(Receipt, OfATargetWithoutSpansClosesWhenNothingComes) {
  auto expected = three_requests();
  expected.spans_per_request = 0;
  EXPECT_TRUE(receipt_of(expected, {}).closes());
  EXPECT_EQ(receipt_of(expected, {}).traces_expected, 0U);
  const SpanSeen stray{expected.phases[0].ids.at(0).trace_id, {{1}}, {}, 0, 0, 0};
  EXPECT_FALSE(receipt_of(expected, {stray}).closes());
}

TEST(Receipt, OneMissingTraceIsNamed) {
  const auto expected = three_requests();
  const RequestIds& ids = expected.phases[0].ids;
  const Receipt receipt = receipt_of(expected, {server_span(ids, 0), server_span(ids, 2)});
  EXPECT_FALSE(receipt.closes());
  EXPECT_EQ(receipt.missing_traces, 1U);
  EXPECT_EQ(receipt.received, 2U);
  EXPECT_EQ(receipt.reason(),
            "1 of 3 expected traces did not arrive; 2 spans received, 3 expected");
}

// Two requests that carry ten spans each, in three traces of 4, 3 and 3.
TEST(Receipt, OfRequestsThatCarryTracesKnowsEachTrace) {
  ExpectedSpans expected{.phases = {{ids_at(1), 2, {}, {}}}, .spans_per_request = 10};
  expected.traces_per_request = 3;
  EXPECT_EQ(spans_due(expected), 20U);
  std::vector<SpanSeen> spans;
  for (std::uint64_t trace = 0; trace < 6; ++trace) {
    for (std::uint64_t i = 0; i < (trace % 3 == 0 ? 4U : 3U); ++i) {
      spans.push_back(server_span(expected.phases[0].ids, trace));
      spans.back().span_id = own_span(i);
    }
  }
  const Receipt whole = receipt_of(expected, spans);
  EXPECT_TRUE(whole.closes()) << whole.reason();
  EXPECT_EQ(whole.expected, 20U);
  EXPECT_EQ(whole.traces_expected, 6U);
  spans.pop_back();
  EXPECT_EQ(receipt_of(expected, spans).wrong_shape_traces, 1U);
  expected.phases[0].not_sent = {1};
  EXPECT_EQ(receipt_of(expected, spans).unexpected_traces, 3U);
  expected.phases[0].not_sent = {};
  expected.phases[0].uncertain = {1};
  const Receipt partly = receipt_of(expected, spans);
  EXPECT_TRUE(partly.closes()) << partly.reason();
  EXPECT_EQ(partly.uncertain_spans, 9U);
}

TEST(Receipt, DuplicateIsCountedAndLegal) {
  const auto expected = three_requests();
  const RequestIds& ids = expected.phases[0].ids;
  const Receipt receipt = receipt_of(expected, {server_span(ids, 0), server_span(ids, 1),
                                                server_span(ids, 2), server_span(ids, 1)});
  EXPECT_EQ(receipt.duplicates, 1U);
  EXPECT_EQ(receipt.received, 3U);
  EXPECT_TRUE(receipt.closes());
}

TEST(Receipt, DuplicateDoesNotStandInForAMissingSpan) {
  const auto expected = three_requests();
  const RequestIds& ids = expected.phases[0].ids;
  const Receipt receipt =
      receipt_of(expected, {server_span(ids, 0), server_span(ids, 1), server_span(ids, 1)});
  EXPECT_EQ(receipt.missing_traces, 1U);
  EXPECT_FALSE(receipt.closes());
}

TEST(Receipt, SpanWithAnUnknownParentIsAnOrphan) {
  const auto expected = three_requests();
  const RequestIds& ids = expected.phases[0].ids;
  std::vector<SpanSeen> spans{server_span(ids, 0), server_span(ids, 1), server_span(ids, 2)};
  spans[1].parent_span_id.bytes[3] ^= 0xff;
  const Receipt receipt = receipt_of(expected, spans);
  EXPECT_EQ(receipt.orphans, 1U);
  EXPECT_EQ(receipt.reason(), "1 spans are orphans");
}

TEST(Receipt, ParentInAnotherTraceIsAnOrphan) {
  const auto expected = three_requests();
  const RequestIds& ids = expected.phases[0].ids;
  std::vector<SpanSeen> spans{server_span(ids, 0), server_span(ids, 1), server_span(ids, 2)};
  spans[1].parent_span_id = spans[0].span_id;
  EXPECT_EQ(receipt_of(expected, spans).orphans, 1U);
}

TEST(Receipt, TraceOfAnUnsampledRequestIsUnexpected) {
  const ExpectedSpans expected{.phases = {{ids_at(0), 3, {}, {}}}, .spans_per_request = 1};
  const Receipt receipt = receipt_of(expected, {server_span(ids_at(0), 1)});
  EXPECT_EQ(receipt.expected, 0U);
  EXPECT_EQ(receipt.received, 1U);
  EXPECT_EQ(receipt.unexpected_traces, 1U);
  EXPECT_FALSE(receipt.closes());
  EXPECT_EQ(receipt.reason(),
            "1 traces arrived that the plan does not sample; 1 spans received, 0 expected");
}

TEST(Receipt, RequestNumberBeyondThePhaseIsUnexpected) {
  const auto expected = three_requests();
  const RequestIds& ids = expected.phases[0].ids;
  const Receipt receipt = receipt_of(expected, {server_span(ids, 0), server_span(ids, 1),
                                                server_span(ids, 2), server_span(ids, 3)});
  EXPECT_EQ(receipt.unexpected_traces, 1U);
}

TEST(Receipt, RequestThatWasNeverSentMustNotArrive) {
  auto expected = three_requests();
  expected.phases[0].not_sent = {1};
  const RequestIds& ids = expected.phases[0].ids;
  EXPECT_TRUE(receipt_of(expected, {server_span(ids, 0), server_span(ids, 2)}).closes());
  const Receipt receipt =
      receipt_of(expected, {server_span(ids, 0), server_span(ids, 1), server_span(ids, 2)});
  EXPECT_EQ(receipt.unexpected_traces, 1U);
  EXPECT_EQ(receipt.traces_expected, 2U);
}

TEST(Receipt, UncertainRequestMayOrMayNotArrive) {
  auto expected = three_requests();
  expected.phases[0].uncertain = {2};
  const RequestIds& ids = expected.phases[0].ids;
  const Receipt without = receipt_of(expected, {server_span(ids, 0), server_span(ids, 1)});
  EXPECT_TRUE(without.closes()) << without.reason();
  EXPECT_EQ(without.expected, 2U);
  const Receipt with =
      receipt_of(expected, {server_span(ids, 0), server_span(ids, 1), server_span(ids, 2)});
  EXPECT_TRUE(with.closes()) << with.reason();
  EXPECT_EQ(with.received, 2U);
  EXPECT_EQ(with.uncertain_spans, 1U);
}

TEST(Receipt, UncertainDoesNotStandInForAMissingSpan) {
  auto expected = three_requests();
  expected.phases[0].uncertain = {2};
  const RequestIds& ids = expected.phases[0].ids;
  const Receipt receipt = receipt_of(expected, {server_span(ids, 0), server_span(ids, 2)});
  EXPECT_EQ(receipt.missing_traces, 1U);
  EXPECT_FALSE(receipt.closes());
}

TEST(Receipt, NotSentWinsOverUncertain) {
  auto expected = three_requests();
  expected.phases[0].not_sent = {2};
  expected.phases[0].uncertain = {2};
  const RequestIds& ids = expected.phases[0].ids;
  const Receipt receipt =
      receipt_of(expected, {server_span(ids, 0), server_span(ids, 1), server_span(ids, 2)});
  EXPECT_EQ(receipt.unexpected_traces, 1U);
}

TEST(Receipt, TwoSpansPerRequestCloseWhenTheChildNamesTheOther) {
  const ExpectedSpans expected{.phases = {{ids_at(1), 2, {}, {}}}, .spans_per_request = 2};
  const RequestIds ids = ids_at(1);
  const Receipt receipt = receipt_of(
      expected, {child_span(ids, 0), server_span(ids, 0), server_span(ids, 1), child_span(ids, 1)});
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.expected, 4U);
  EXPECT_EQ(receipt.received, 4U);
  EXPECT_EQ(receipt.traces_received, 2U);
}

TEST(Receipt, LostParentMakesAWrongShapeAndAnOrphan) {
  const ExpectedSpans expected{.phases = {{ids_at(1), 2, {}, {}}}, .spans_per_request = 2};
  const RequestIds ids = ids_at(1);
  const Receipt receipt =
      receipt_of(expected, {child_span(ids, 0), server_span(ids, 1), child_span(ids, 1)});
  EXPECT_EQ(receipt.wrong_shape_traces, 1U);
  EXPECT_EQ(receipt.orphans, 1U);
  EXPECT_EQ(receipt.missing_traces, 0U);
  EXPECT_EQ(receipt.reason(),
            "1 of 2 expected traces have a wrong number of spans; 1 spans are orphans; 3 spans "
            "received, 4 expected");
}

TEST(Receipt, OneSpanTooManyDoesNotMakeUpForOneTooFew) {
  const ExpectedSpans expected{.phases = {{ids_at(1), 2, {}, {}}}, .spans_per_request = 2};
  const RequestIds ids = ids_at(1);
  SpanSeen extra = child_span(ids, 0);
  extra.span_id.bytes[1] = 0xee;
  const Receipt receipt =
      receipt_of(expected, {server_span(ids, 0), child_span(ids, 0), extra, server_span(ids, 1)});
  EXPECT_EQ(receipt.received, receipt.expected);
  EXPECT_EQ(receipt.wrong_shape_traces, 2U);
  EXPECT_FALSE(receipt.closes());
}

TEST(Receipt, PhasesAddUp) {
  const ExpectedSpans expected{.phases = {{ids_at(1, 7), 1, {}, {}}, {ids_at(1, 8), 2, {}, {}}},
                               .spans_per_request = 1};
  const Receipt receipt = receipt_of(
      expected,
      {server_span(ids_at(1, 7), 0), server_span(ids_at(1, 8), 0), server_span(ids_at(1, 8), 1)});
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.expected, 3U);
}

TEST(Receipt, NothingExpectedAndNothingReceivedCloses) {
  const Receipt receipt = receipt_of({}, {});
  EXPECT_TRUE(receipt.closes());
  EXPECT_EQ(receipt.batch_mean, 0);
  EXPECT_EQ(receipt.export_delay_p50_ms, std::nullopt);
}

TEST(Receipt, MalformedAndRefusedPayloadsKeepItOpen) {
  Receipt malformed;
  malformed.malformed_payloads = 1;
  EXPECT_EQ(malformed.reason(), "1 payloads were malformed");
  Receipt refused;
  refused.refused_payloads = 2;
  EXPECT_EQ(refused.reason(), "2 payloads were refused because the sink's memory was full");
}

TEST(Receipt, SinkFailureOutranksEverything) {
  Receipt receipt;
  receipt.sink_failure = "it died";
  receipt.missing_traces = 5;
  EXPECT_EQ(receipt.reason(), "the sink failed: it died");
}

TEST(Receipt, ExportDelayIsArrivalMinusEndOfTheFirstCopy) {
  const auto expected = three_requests();
  const RequestIds& ids = expected.phases[0].ids;
  std::vector<SpanSeen> spans{server_span(ids, 0), server_span(ids, 1), server_span(ids, 2)};
  spans[1].arrived_unix_ns = 106 * kMs;
  spans[2].arrived_unix_ns = 111 * kMs;
  spans.push_back(spans[2]);
  spans.back().arrived_unix_ns = 999 * kMs;
  const Receipt receipt = receipt_of(expected, spans);
  EXPECT_EQ(receipt.export_delay_p50_ms, 5.0);
  EXPECT_EQ(receipt.export_delay_p99_ms, 10.0);
  EXPECT_EQ(receipt.export_delay_max_ms, 10.0);
}

TEST(Receipt, ExportDelayOfAClockAheadIsNegative) {
  const auto expected = three_requests();
  SpanSeen span = server_span(expected.phases[0].ids, 0);
  span.arrived_unix_ns = 99 * kMs;
  EXPECT_EQ(receipt_of(expected, {span}).export_delay_p50_ms, -2.0);
}

TEST(Receipt, WithoutAPlanItOnlyCounts) {
  const RequestIds ids = ids_at(1);
  SpanSeen root = server_span(ids, 0);
  root.parent_span_id = {};
  const std::vector<SpanSeen> spans{root, child_span(ids, 0), child_span(ids, 1), root};
  const std::vector<std::uint32_t> payloads{4};
  const Receipt receipt = count_receipt(spans, payloads, 50);
  EXPECT_FALSE(receipt.known);
  EXPECT_EQ(receipt.received, 3U);
  EXPECT_EQ(receipt.traces_received, 2U);
  EXPECT_EQ(receipt.orphans, 1U);
  EXPECT_EQ(receipt.duplicates, 1U);
  EXPECT_EQ(receipt.batch_max, 4U);
  EXPECT_TRUE(receipt.closes());
}

TEST(SpansDue, CountsSampledRequestsThatWereCertainlySent) {
  ExpectedSpans expected{.phases = {{ids_at(1), 10, {3}, {3, 4, 4, 99}}}, .spans_per_request = 2};
  EXPECT_EQ(spans_due(expected), 16U);
}

TEST(SpansDue, AgreesWithTheIdsAtAnyRate) {
  const RequestIds ids = ids_at(0.1);
  const ExpectedSpans expected{.phases = {{ids, 5000, {}, {}}}, .spans_per_request = 1};
  EXPECT_EQ(spans_due(expected), ids.sampled_among(5000));
  EXPECT_NEAR(static_cast<double>(spans_due(expected)), 500, 120);
}

// Whatever is lost, repeated, added or unsure, the ledger's lines sum up and only a whole delivery
// closes.
TEST(Receipt, LedgerSumsUpUnderRandomLosses) {
  std::mt19937_64 random(20240607);
  const auto chance = [&random](double p) { return std::bernoulli_distribution(p)(random); };
  for (int round = 0; round < 200; ++round) {
    const RequestIds ids = ids_at(0.5, random());
    ExpectedSpans expected{.phases = {{ids, 60, {}, {}}}, .spans_per_request = 2};
    std::vector<SpanSeen> spans;
    std::uint64_t lost = 0, copies = 0, unexpected_spans = 0;
    for (std::uint64_t k = 0; k < 60; ++k) {
      const bool unsure = chance(0.05);
      if (unsure) expected.phases[0].uncertain.push_back(k);
      if (!ids.at(k).sampled()) {
        if (unsure || !chance(0.03)) continue;
        spans.push_back(server_span(ids, k));
        ++unexpected_spans;
        continue;
      }
      for (const SpanSeen& span : {server_span(ids, k), child_span(ids, k)}) {
        if (chance(0.02)) {
          lost += unsure ? 0 : 1;
          continue;
        }
        spans.push_back(span);
        if (!chance(0.02)) continue;
        spans.push_back(span);
        ++copies;
      }
    }
    std::shuffle(spans.begin(), spans.end(), random);
    const Receipt receipt = receipt_of(expected, spans);
    EXPECT_EQ(receipt.expected, spans_due(expected));
    EXPECT_EQ(receipt.received, receipt.expected - lost + unexpected_spans);
    EXPECT_EQ(receipt.duplicates, copies);
    EXPECT_EQ(receipt.received + receipt.uncertain_spans + receipt.duplicates, spans.size());
    EXPECT_EQ(receipt.traces_received,
              receipt.traces_expected - receipt.missing_traces + receipt.unexpected_traces);
    EXPECT_EQ(receipt.closes(), lost == 0 && unexpected_spans == 0);
  }
}

}  // namespace
}  // namespace tracetax
