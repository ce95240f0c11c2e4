// What all segments of one arm in one cell come to: for display. Nothing here is compared;
// comparisons rest on single segments.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

struct ArmTotals {
  int arm = 0;  // index into Suite::arms
  std::uint64_t segments = 0, valid = 0;
  std::map<VoidRule, std::uint64_t> voids;  // rule -> segments that broke it
  // Receipts of every segment, void ones too: what was lost must show.
  bool receipt_known = true;
  std::uint64_t receipts_open = 0;  // segments whose receipt does not close
  std::uint64_t expected = 0, received = 0, traces = 0, missing_traces = 0, unexpected_traces = 0;
  std::uint64_t duplicates = 0, orphans = 0;
  std::uint64_t requests_with_spans = 0;  // sampled ones; where nothing is known of trees: traces
  /// As they came to the sink; 0 where they came from a collector, whose batches are its own.
  std::uint64_t payloads = 0, bytes = 0;
  std::optional<double> bytes_per_request;  // to the sink: of a trace, times the share sampled
  std::map<std::string, std::uint64_t> began_traces;  // by service: broken propagation
  std::optional<double> delay_p50_ms;                 // the middle one of the segments' own p50
  std::optional<double> delay_max_ms;
  // Merged over the valid open-loop segments.
  RequestTimes times;
};

/// One entry per arm, in the suite's order.
[[nodiscard]] std::vector<ArmTotals> arm_totals(const RunResult& result, int cell);

}  // namespace tracetax
