// Wilcoxon's rank-sum test (Mann & Whitney's U) of two independent samples, and the Hodges-Lehmann
// estimate of the shift between them. Two stored runs are compared with it: their blocks were never
// side by side, so they are no pairs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace tracetax {

/// Up to so many values in both samples together the distribution is exact (tens of milliseconds);
/// beyond, normal with corrections for ties and continuity.
inline constexpr int kRankSumExactUpTo = 200;

/// Median of after_j - before_i over all pairs: by how much `after` lies higher. Nothing for an
/// empty sample, or if a value is not finite.
[[nodiscard]] std::optional<double> rank_sum_shift(std::span<const double> before,
                                                   std::span<const double> after);

/// [D_(c), D_(mn+1-c)] over the sorted differences after_j - before_i, with the largest c whose
/// two-sided coverage is at least `level`, 0 < level < 1: the shifts that the two-sided test does
/// not refute, if the samples differ in their place alone. (Bauer 1972, Journal of the American
/// Statistical Association 67.) Nothing if the samples are too small for that (fewer than 3 and 3
/// at 0.9), or if a value is not finite. With ties the true coverage is at least the stated one.
struct RankSumInterval {
  double low = 0, high = 0;
  double coverage = 0;
};
[[nodiscard]] std::optional<RankSumInterval> rank_sum_interval(std::span<const double> before,
                                                               std::span<const double> after,
                                                               double level);

/// The chance that `after`, less `shift`, lies as high as it does or higher (`greater`), or as low
/// as it does or lower (`less`), if it came from where `before` came from. It is taken over all
/// ways to deal out the values, with mid-ranks for ties. Both are 1 if a sample is empty or a value
/// is not finite.
struct RankSumP {
  double greater = 1, less = 1;
};
[[nodiscard]] RankSumP rank_sum_p(std::span<const double> before, std::span<const double> after,
                                  double shift = 0);

}  // namespace tracetax
