// Wilcoxon's signed-rank test and the Hodges-Lehmann estimate, exactly. Why exact: with arms in
// random order inside a block the sign of each paired difference is a fair coin under the null,
// whatever the noise does: drift, heavy tails, autocorrelation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace tracetax {

/// Median of the Walsh averages (d_i + d_j)/2, i <= j. Nothing for an empty input, or if a
/// difference is not finite. Time and memory grow with n^2 here and below; n <= 1000 is meant.
[[nodiscard]] std::optional<double> hodges_lehmann(std::span<const double> differences);

/// [A_(c), A_(M+1-c)] over the M = n(n+1)/2 sorted Walsh averages, with the largest c whose
/// two-sided coverage is at least `level`. Nothing if n is too small for that (n < 6 at 0.95), or
/// if a difference is not finite. With ties the true coverage is at least the stated one.
struct SignedRankInterval {
  double low = 0, high = 0;
  double coverage = 0;  // exact
};
[[nodiscard]] std::optional<SignedRankInterval> signed_rank_interval(
    std::span<const double> differences, double level);

/// The critical index c for n pairs at one-sided `alpha`: the greatest c with P(W+ <= c - 1) <=
/// alpha; 0 if there is none. n <= 1000.
[[nodiscard]] int signed_rank_critical(int n, double alpha);
/// The level that the test then really has: P(W+ <= c - 1); 0 if there is no c.
[[nodiscard]] double signed_rank_level(int n, double alpha);

/// P(W+ >= observed) and P(W+ <= observed) of the differences less `shift`, exact with mid-ranks
/// for ties and Pratt's zeros. Both are 1 if there is nothing to tell: no differences, all zero,
/// not finite.
struct SignedRankP {
  double greater = 1, less = 1;
};
[[nodiscard]] SignedRankP signed_rank_p(std::span<const double> differences, double shift = 0);

}  // namespace tracetax
