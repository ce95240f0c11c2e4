// The cost model of tracing: CPU(r) = off + a + b r. `a` is what every request pays once tracing is
// on, `b` what a sampled one pays on top; both travel better between machines than a percentage.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/core/text/effect_text.h"

namespace tracetax {

/// What a sampled request costs on top, by two neighbouring rates alone.
struct CostSlope {
  SampleRate from, to;
  double b_us = 0;
  Interval interval;
};

/// Microseconds of CPU per request; r = the share of requests really sampled.
struct CostModel {
  int cell = 0;
  int blocks = 0;  // that gave an a and a b
  std::optional<double> off_us, a_us, b_us;
  std::optional<Interval> a_interval, b_interval;
  std::map<int, double> a_by_block, b_by_block;  // us
  std::vector<CostSlope> slopes;  // where there are three rates or more, from the lowest on
  std::optional<bool> bends;      // whether the first and the last of them differ, at 5 %
  std::optional<double>
      r2;              // share of the arms' differences in cost that the line explains, 0 to 1
  std::string reason;  // why there is none, or a caution
};

/// Least squares within each block, over the valid arms that export. Each arm is taken against the
/// block's own `off`, so that a slow block shifts nothing. Then Hodges-Lehmann and the exact
/// signed-rank interval, over the blocks' a and b. Needs two different sampling rates and six
/// blocks. These intervals are approximate: unlike the ratio of two arms in random order, a
/// weighted sum of several arms need not lie evenly about its middle.
///
/// R2 says whether the cost is a straight line, and not how precise a and b are. The line goes
/// through one point per arm: the Hodges-Lehmann estimate of its cost against `off`, over the share
/// sampled (means over the blocks). It needs four different rates: two points always lie on a line,
/// and with three a single number is left to judge by. For three there are the slopes.
[[nodiscard]] CostModel fit_cost_model(const RunResult& result, int cell);

}  // namespace tracetax
