// The level of a metric in one arm, over the blocks: what a table shows of a target by itself,
// where a comparison (comparison.h) shows what an arm changes. Two targets are told apart by their
// paired differences within blocks (rank_range.h), not by these intervals.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "harness/core/gate/metric.h"
#include "harness/core/run_result.h"
#include "harness/core/text/effect_text.h"

namespace tracetax {

struct Level {
  int blocks = 0;                      // that gave the value; launches, where processes are kept
  int measured = 0;                    // with and without a value
  std::optional<double> value;         // unit_of(metric); none without any block
  std::optional<Interval> interval;    // 95 %; none with fewer than six blocks
  std::map<int, double> logarithms{};  // of the values, by block or launch
};

/// The Hodges-Lehmann estimate of the segments' values and the exact signed-rank interval, both of
/// the logarithms: it assumes that blocks scatter evenly about their middle, as a ratio.
[[nodiscard]] Level level_of(const RunResult& result, int cell, int arm, Metric metric);

}  // namespace tracetax
