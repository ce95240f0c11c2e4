// Exact rank-sum arithmetic: the null distribution by dealing out one rank at a time, the interval
// from the sorted differences.
// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/rank_sum.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <vector>

#include "harness/stats/sample.h"

namespace tracetax {
namespace {

bool usable(std::span<const double> values) { return !values.empty() && all_finite(values); }

std::vector<double> sorted_differences(std::span<const double> before,
                                       std::span<const double> after) {
  std::vector<double> differences;
  differences.reserve(before.size() * after.size());
  for (const double b : before) {
    for (const double a : after) differences.push_back(a - b);
  }
  std::ranges::sort(differences);
  return differences;
}

double normal_below(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

/// P(the sum of `size` of these ranks = w) for w in [0, sum of all], every choice equally likely.
/// Counted in doubles: for 200 ranks below 1e59, and sums of positive numbers lose no digits.
std::vector<double> null_distribution(std::span<const std::size_t> ranks, std::size_t size) {
  const std::size_t most = std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
  std::vector<std::vector<double>> choices(size + 1, std::vector<double>(most + 1, 0.0));
  choices[0][0] = 1;
  std::size_t reach = 0, taken = 0;
  for (const std::size_t rank : ranks) {
    reach += rank;
    taken = std::min(taken + 1, size);
    // From many to few, so that choices[k - 1] is still the one without this rank.
    for (std::size_t k = taken; k > 0; --k) {
      const std::vector<double>& without = choices[k - 1];
      std::vector<double>& with = choices[k];
      for (std::size_t w = rank; w <= reach; ++w) with[w] += without[w - rank];
    }
  }
  std::vector<double>& counts = choices[size];
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  for (double& count : counts) count /= all;
  return std::move(counts);
}

struct Critical {
  std::size_t index = 0;  // c
  double tail = 0;        // P(U <= c - 1)
};

/// The greatest c with P(U <= c - 1) <= alpha, U over samples without ties.
Critical critical(std::size_t m, std::size_t n, double alpha) {
  Critical found;
  if (m + n <= static_cast<std::size_t>(kRankSumExactUpTo)) {
    std::vector<std::size_t> ranks(m + n);
    std::iota(ranks.begin(), ranks.end(), std::size_t{1});
    const std::size_t size = std::min(m, n);
    const std::size_t least = size * (size + 1) / 2;  // where U is 0
    const std::vector<double> probability = null_distribution(ranks, size);
    double cumulative = 0;
    for (std::size_t w = least; w < probability.size(); ++w) {
      cumulative += probability[w];
      if (cumulative > alpha) break;
      ++found.index;
      found.tail = cumulative;
    }
    return found;
  }
  const double pairs = static_cast<double>(m) * static_cast<double>(n);
  const double deviation = std::sqrt(pairs * static_cast<double>(m + n + 1) / 12);
  std::size_t low = 0, high = m * n / 2;
  while (low < high) {
    const std::size_t middle = low + (high - low + 1) / 2;
    const double tail = normal_below((static_cast<double>(middle) - 0.5 - pairs / 2) / deviation);
    (tail <= alpha ? low : high) = tail <= alpha ? middle : middle - 1;
    if (tail <= alpha) found = {middle, tail};
  }
  return found;
}

struct DealtRanks {
  std::vector<std::size_t> doubled;  // twice the mid-ranks of all values
  std::size_t after = 0;             // twice the sum of those of `after`
  double ties = 0;                   // sum of t^3 - t over groups of t equal values
};

DealtRanks deal_ranks(std::span<const double> before, std::span<const double> after, double shift) {
  struct Value {
    double value;
    bool is_after;
  };
  std::vector<Value> all;
  for (const double value : before) all.push_back({value, false});
  for (const double value : after) all.push_back({value - shift, true});
  std::ranges::sort(all, {}, &Value::value);
  DealtRanks out;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t last = first;  // one past the tie
    while (last < all.size() && all[last].value == all[first].value) ++last;
    const auto tied = static_cast<double>(last - first);
    out.ties += tied * tied * tied - tied;
    const std::size_t doubled_rank = first + 1 + last;
    for (std::size_t i = first; i < last; ++i) {
      out.doubled.push_back(doubled_rank);
      if (all[i].is_after) out.after += doubled_rank;
    }
    first = last;
  }
  return out;
}

RankSumP normal_p(const DealtRanks& ranks, double m, double n) {
  const double all = m + n;
  const double variance = m * n / 12 * (all + 1 - ranks.ties / (all * (all - 1)));
  if (variance <= 0) return {};
  const double above = static_cast<double>(ranks.after) / 2 - n * (all + 1) / 2;
  const double deviation = std::sqrt(variance);
  return {.greater = normal_below(-(above - 0.5) / deviation),
          .less = normal_below((above + 0.5) / deviation)};
}

}  // namespace

std::optional<double> rank_sum_shift(std::span<const double> before,
                                     std::span<const double> after) {
  if (!usable(before) || !usable(after)) return std::nullopt;
  const std::vector<double> differences = sorted_differences(before, after);
  const std::size_t middle = differences.size() / 2;
  if (differences.size() % 2 == 1) return differences[middle];
  return std::midpoint(differences[middle - 1], differences[middle]);
}

std::optional<RankSumInterval> rank_sum_interval(std::span<const double> before,
                                                 std::span<const double> after, double level) {
  if (!usable(before) || !usable(after)) return std::nullopt;
  // (1 - 0.9) / 2 is a little less than 0.05, and 1 of 20 ways is 0.05.
  constexpr double kRounding = 1 + 1e-12;
  const Critical c = critical(before.size(), after.size(), (1 - level) / 2 * kRounding);
  if (c.index == 0) return std::nullopt;
  const std::vector<double> differences = sorted_differences(before, after);
  return RankSumInterval{.low = differences[c.index - 1],
                         .high = differences[differences.size() - c.index],
                         .coverage = 1 - 2 * c.tail};
}

RankSumP rank_sum_p(std::span<const double> before, std::span<const double> after, double shift) {
  if (!usable(before) || !usable(after) || !std::isfinite(shift)) return {};
  DealtRanks ranks = deal_ranks(before, after, shift);
  if (ranks.doubled.size() > static_cast<std::size_t>(kRankSumExactUpTo)) {
    return normal_p(ranks, static_cast<double>(before.size()), static_cast<double>(after.size()));
  }
  if (std::ranges::all_of(ranks.doubled, [](std::size_t rank) { return rank % 2 == 0; })) {
    for (std::size_t& rank : ranks.doubled) rank /= 2;  // half the sums to go through
    ranks.after /= 2;
  }
  const std::vector<double> probability = null_distribution(ranks.doubled, after.size());
  RankSumP p{.greater = 0, .less = 0};
  for (std::size_t w = 0; w < probability.size(); ++w) {
    if (w >= ranks.after) p.greater += probability[w];
    if (w <= ranks.after) p.less += probability[w];
  }
  return {.greater = std::min(p.greater, 1.0), .less = std::min(p.less, 1.0)};
}

}  // namespace tracetax
