// Where a series changes, and stays changed: E-divisive (Matteson & James 2014, Journal of the
// American Statistical Association 109, "A nonparametric approach for multiple change point
// analysis of multivariate data"), as performance histories are searched with (Daly et al. 2020,
// ICPE; Fleming & Kolaczkowski 2023, ICPE, who replace the permutation test by Student's because
// theirs gave other answers each time; with a fixed seed it does not).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tracetax {

/// The place that splits `values` best: the greatest q = mn / (m + n) E of values [0, at) against
/// values [at, until), over all `at` and `until` that leave both at least `shortest` long. E is the
/// energy distance with exponent 1: twice the mean |x - y| between the two, less the mean distance
/// within each. `until` lets a change be found that is undone later. Nothing if the series is
/// shorter than two stretches. Time and memory grow with n^2. `shortest` is at least 2.
struct BestSplit {
  std::size_t at = 0, until = 0;
  double q = 0;
};
[[nodiscard]] std::optional<BestSplit> best_split(std::span<const double> values,
                                                  std::size_t shortest);

struct EDivisiveOptions {
  double level = 0.01;       // a change with a greater p ends the search
  std::size_t shortest = 3;  // values on each side of a change
  int permutations = 1999;   // at most
  std::uint64_t seed = 20141015;
};

struct ChangePoint {
  std::size_t at = 0;  // index of the first value after the change
  double p = 1;        // of a split as good as this one, if no value knew its place
};

/// The next change beside those that are `known` (ascending): the best split of all stretches
/// between them. p is (1 + b) / (1 + m) of m permutations within the stretches, b of which have as
/// good a split; the drawing ends early when the 20th is as good (Besag & Clifford 1991, Biometrika
/// 78: p = 20 / m), so what is no change takes little time. That is an exact test: if the order of
/// the values tells nothing, P(p <= x) <= x. Values that depend on their predecessors break it.
/// Nothing is enumerated: what is short enough for that, 8 values, cannot come below 2 in 70.
/// Nothing if no stretch can be split, or a value is not finite.
[[nodiscard]] std::optional<ChangePoint> next_change(std::span<const double> values,
                                                     std::span<const std::size_t> known,
                                                     const EDivisiveOptions& options);

/// next_change until p > level: all changes, by place. If nothing changes, the chance of any is
/// the level. `first` is what next_change says of the values alone, where it was asked before.
[[nodiscard]] std::vector<ChangePoint> e_divisive(std::span<const double> values,
                                                  const EDivisiveOptions& options,
                                                  std::optional<ChangePoint> first = std::nullopt);

}  // namespace tracetax
