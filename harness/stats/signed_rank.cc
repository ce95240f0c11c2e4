// Exact signed-rank arithmetic: the null distribution by adding one rank at a time (each goes to W+
// with probability one half), the estimate and the interval from sorted Walsh averages.
// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/signed_rank.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "harness/stats/sample.h"

namespace tracetax {
namespace {

std::vector<double> walsh_averages(std::span<const double> differences) {
  std::vector<double> averages;
  averages.reserve(differences.size() * (differences.size() + 1) / 2);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    for (std::size_t j = i; j < differences.size(); ++j) {
      averages.push_back(std::midpoint(differences[i], differences[j]));
    }
  }
  std::sort(averages.begin(), averages.end());
  return averages;
}

/// P(W+ = w) for w in [0, sum of ranks], the sign of every rank being a fair coin. Ranks are whole
/// numbers: the caller doubles mid-ranks. Halving is exact in binary, so up to 52 ranks every
/// probability is exact, and comparing it with a dyadic level is too.
std::vector<double> null_distribution(std::span<const std::size_t> ranks) {
  const std::size_t sum = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  std::vector<double> probability{1.0};
  probability.resize(sum + 1);
  std::size_t reach = 0;
  for (const std::size_t rank : ranks) {
    reach += rank;
    // Downwards, so that probability[w - rank] is still the one without this rank.
    for (std::size_t w = reach + 1; w-- > 0;) {
      const double with_rank = w >= rank ? probability[w - rank] : 0.0;
      probability[w] = 0.5 * probability[w] + 0.5 * with_rank;
    }
  }
  return probability;
}

struct CriticalRank {
  int index = 0;    // c
  double tail = 0;  // P(W+ <= c - 1)
};

CriticalRank critical(int n, double alpha) {
  if (n < 1) return {};
  std::vector<std::size_t> ranks(static_cast<std::size_t>(n));
  std::iota(ranks.begin(), ranks.end(), std::size_t{1});
  CriticalRank found;
  double cumulative = 0;
  for (const double probability : null_distribution(ranks)) {
    cumulative += probability;
    if (cumulative > alpha) break;
    ++found.index;
    found.tail = cumulative;
  }
  return found;
}

struct SignedRanks {
  std::vector<std::size_t> doubled;  // twice the mid-ranks of the non-zero differences
  std::size_t plus = 0;              // twice W+
};

/// Mid-ranks of |d|. Zeros take part in the ranking and are then left out (Pratt 1959): dropping
/// them first would let a difference of nothing strengthen the others.
SignedRanks signed_ranks(std::vector<double> differences) {
  std::sort(differences.begin(), differences.end(),
            [](double left, double right) { return std::abs(left) < std::abs(right); });
  SignedRanks out;
  for (std::size_t first = 0; first < differences.size();) {
    const double size = std::abs(differences[first]);
    std::size_t last = first;  // one past the tie
    while (last < differences.size() && std::abs(differences[last]) == size) ++last;
    const std::size_t doubled_rank = first + 1 + last;  // (first + 1 + last) / 2 is the mid-rank
    for (std::size_t i = first; i < last && size > 0; ++i) {
      out.doubled.push_back(doubled_rank);
      if (differences[i] > 0) out.plus += doubled_rank;
    }
    first = last;
  }
  return out;
}

}  // namespace

std::optional<double> hodges_lehmann(std::span<const double> differences) {
  if (differences.empty() || !all_finite(differences)) return std::nullopt;
  const std::vector<double> averages = walsh_averages(differences);
  const std::size_t middle = averages.size() / 2;
  if (averages.size() % 2 == 1) return averages[middle];
  return std::midpoint(averages[middle - 1], averages[middle]);
}

std::optional<SignedRankInterval> signed_rank_interval(std::span<const double> differences,
                                                       double level) {
  if (differences.empty() || !all_finite(differences)) return std::nullopt;
  const CriticalRank c = critical(static_cast<int>(differences.size()), (1 - level) / 2);
  if (c.index == 0) return std::nullopt;
  const std::vector<double> averages = walsh_averages(differences);
  const auto from_end = static_cast<std::size_t>(c.index);
  return SignedRankInterval{.low = averages[from_end - 1],
                            .high = averages[averages.size() - from_end],
                            .coverage = 1 - 2 * c.tail};
}

int signed_rank_critical(int n, double alpha) { return critical(n, alpha).index; }

double signed_rank_level(int n, double alpha) { return critical(n, alpha).tail; }

SignedRankP signed_rank_p(std::span<const double> differences, double shift) {
  std::vector<double> shifted(differences.begin(), differences.end());
  for (double& difference : shifted) difference -= shift;
  if (!all_finite(shifted)) return {};
  const SignedRanks ranks = signed_ranks(std::move(shifted));
  const std::vector<double> probability = null_distribution(ranks.doubled);
  SignedRankP p{.greater = 0, .less = 0};
  for (std::size_t w = 0; w < probability.size(); ++w) {
    if (w >= ranks.plus) p.greater += probability[w];
    if (w <= ranks.plus) p.less += probability[w];
  }
  return {.greater = std::min(p.greater, 1.0), .less = std::min(p.less, 1.0)};
}

}  // namespace tracetax
