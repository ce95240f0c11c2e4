// Which series of a history have shifted for good, at a stated rate of false alarms.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/analysis/gate/margins.h"
#include "harness/analysis/trend/history.h"

namespace tracetax {

/// The chance of any false alarm in one report, over all its series, if nothing has changed.
inline constexpr double kShiftLevel = 0.01;
/// A shift is at least so many results long, so that one or two bad nights are none.
inline constexpr std::size_t kShortestStretch = 3;
/// Fewer results than this cannot show a shift at that level: of 9 in two groups, two of the 126
/// ways to deal them out are as clear as can be, which is 1.6 %.
inline constexpr std::size_t kFewestForShifts = 10;

struct ShiftSearch {
  int tested = 0;    // series, but for controls, each for every form of its suite
  double limit = 0;  // of the p of a shift, as corrected for all of them; 0: none is that clear
  std::vector<std::string> warnings;  // controls that moved, results that depend on each other
};

/// E-divisive (stats/e_divisive.h) on ln(1 + overhead) of the results of one form of the suite.
/// Where the best split of each series has a p, Benjamini and Hochberg's rule over all series says
/// which limit keeps the rate of false alarms at kShiftLevel; further splits of a series must keep
/// that limit too. E-divisive finds every change of a distribution. What is a shift must also have
/// moved its place: the rank-sum test between the two stretches has p <= 0.01, or they are one. So
/// results that only become noisier have not shifted. Fills HistorySeries::shifts.
///
/// Results that depend on the one before make false alarms more frequent, which is warned of where
/// it shows. A slow drift is told as one or several shifts. Controls are a family of their own.
ShiftSearch find_shifts(std::vector<SuiteHistory>& histories);

/// The newest shift of the series, if it is for the worse by more than the margin and began within
/// the last `results` of its suite; else null.
[[nodiscard]] const Shift* recent_worse(const SuiteHistory& history, const HistorySeries& series,
                                        std::size_t results, const Margins& margins);

}  // namespace tracetax
