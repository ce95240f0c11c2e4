// Comparisons: per cell, metric and arm the paired ratio to `off`, with its interval and its word.
// Pure functions of a RunResult; the method is gating.md 2.1-2.2: log-ratios within a block,
// Hodges-Lehmann estimate, exact signed-rank interval.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

enum class Metric { cpu_per_request, response_p50, response_p99, capacity, rss_peak };
[[nodiscard]] std::string_view name_of(Metric metric);   // "cpu_per_request", ...
[[nodiscard]] std::string_view unit_of(Metric metric);   // "us", "ns", "1/s", "bytes"

/// The metric of one valid segment of the right kind; nothing if it was not measured or is not
/// supported (p99 with fewer than 1,000 requests).
[[nodiscard]] std::optional<double> value_of(const SegmentRecord& segment, Metric metric);

enum class Word { higher, lower, within_noise, void_ };
[[nodiscard]] std::string_view name_of(Word word);       // "higher" "lower" "within noise" "void"

struct Interval {
  double low = 0, high = 0;
  double level = 0;               // the exact coverage, e.g. 0.951
};

struct Comparison {
  int cell = 0;
  Metric metric = Metric::cpu_per_request;
  std::string arm;
  std::string reference;          // "off"
  int blocks = 0;                 // pairs used
  int blocks_void = 0;            // pairs lost to void segments
  std::optional<double> off_value, on_value;   // medians over the paired blocks, unit_of(metric)
  std::optional<double> estimate_pct;          // 100 (exp(HL) - 1); positive = arm's value is higher
  std::optional<Interval> interval_pct;
  std::optional<double> ratio_of_means_pct;
  Word word = Word::void_;
  std::string reason;             // why void, or a caution
  std::vector<double> log_ratios; // per paired block, in block order: what the test used
};

/// CPU(r) = off + a + b r, microseconds per request: fitted by least squares within each block over the
/// traced arms (r = the share really sampled), then Hodges-Lehmann and signed-rank over blocks.
struct CostModel {
  int cell = 0;
  int blocks = 0;
  std::optional<double> off_us, a_us, b_us;
  std::optional<Interval> a_interval, b_interval;
  std::string reason;             // why there is none
};

struct Analysis {
  std::vector<Comparison> comparisons;   // by cell, metric, arm in suite order
  std::vector<CostModel> cost_models;    // one per cell
  std::vector<std::string> warnings;     // sham arm moved, lag differs between arms, drift, ...
};

[[nodiscard]] Analysis analyse(const RunResult& result);

}  // namespace tracetax
