// SPDX-License-Identifier: Apache-2.0
#include "reports/words/arm_totals.h"

#include <algorithm>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/services.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

void add_receipt(const Receipt& receipt, bool relayed, ArmTotals& totals) {
  totals.receipt_known = totals.receipt_known && receipt.known && !receipt.sink_failure;
  if (!receipt.closes()) ++totals.receipts_open;
  totals.expected += receipt.expected;
  totals.received += receipt.received;
  totals.traces += receipt.traces_received;
  // Of a topology, traces that are linked to requests came too, or counts in place of spans.
  totals.requests_with_spans += receipt.trees ? receipt.trees->sampled : receipt.traces_received;
  totals.missing_traces += receipt.missing_traces;
  totals.unexpected_traces += receipt.unexpected_traces;
  for (const BrokenPropagation& broken : receipt.broken_propagation) {
    totals.began_traces[broken.service] += broken.traces;
  }
  totals.duplicates += receipt.duplicates;
  totals.orphans += receipt.orphans;
  totals.payloads += relayed ? 0 : receipt.payloads;
  totals.bytes += relayed ? 0 : receipt.bytes;
  if (receipt.export_delay_max_ms) {
    totals.delay_max_ms = std::max(totals.delay_max_ms.value_or(0), *receipt.export_delay_max_ms);
  }
}

ArmTotals totals_of(const RunResult& result, int cell, int arm) {
  ArmTotals totals;
  totals.arm = arm;
  const auto target =
      static_cast<std::size_t>(result.plan.cells.at(static_cast<std::size_t>(cell)).target);
  const bool relayed = relay_of(result.suite, result.suite.targets.at(target),
                                result.suite.arms.at(static_cast<std::size_t>(arm))) != nullptr;
  std::vector<double> delays;
  double requests = 0, sampled = 0;  // without the warm-up, of which the receipt has the spans
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.arm != arm) continue;
    ++totals.segments;
    requests += static_cast<double>(segment.sent);
    sampled += segment.sampled_share * static_cast<double>(segment.sent);
    if (segment.valid()) ++totals.valid;
    for (const VoidReason& reason : segment.voids) ++totals.voids[reason.rule];
    add_receipt(segment.receipt, relayed, totals);
    if (segment.receipt.export_delay_p50_ms) delays.push_back(*segment.receipt.export_delay_p50_ms);
    if (!segment.valid() || segment.spec.kind != SegmentKind::open) continue;
    totals.times.merge(segment.times);
  }
  totals.delay_p50_ms = median(delays);
  if (totals.requests_with_spans > 0 && requests > 0 && !relayed) {
    totals.bytes_per_request = static_cast<double>(totals.bytes) /
                               static_cast<double>(totals.requests_with_spans) * sampled / requests;
  }
  return totals;
}

}  // namespace

std::vector<ArmTotals> arm_totals(const RunResult& result, int cell) {
  std::vector<ArmTotals> all;
  for (int arm = 0; arm < static_cast<int>(result.suite.arms.size()); ++arm) {
    all.push_back(totals_of(result, cell, arm));
  }
  return all;
}

}  // namespace tracetax
