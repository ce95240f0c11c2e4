// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/e_process.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace tracetax {
namespace {

// Small stakes find small shifts slowly, large ones large shifts fast; the mean of martingales is
// one.
constexpr std::array kStakes{0.2, 0.4, 0.6, 0.8, 0.95};
constexpr double kFullWeight = 1.5;  // medians of |x|: a spike counts no more than that

/// The median of what was put in so far.
class RunningMedian {
 public:
  explicit RunningMedian(std::size_t most) { sorted_.reserve(most); }

  void add(double value) { sorted_.insert(std::ranges::upper_bound(sorted_, value), value); }
  [[nodiscard]] double value() const {
    const std::size_t middle = sorted_.size() / 2;
    if (sorted_.size() % 2 == 1) return sorted_[middle];
    return std::midpoint(sorted_[middle - 1], sorted_[middle]);
  }

 private:
  std::vector<double> sorted_;
};

/// The outermost shift on the side of `from`, searched towards `to`, that is not refuted, moved out
/// by one step of the search. Nothing if there is no end even far beyond `from`.
std::optional<double> end_of_unrefuted(std::span<const double> differences, double alpha, Side side,
                                       double from, double to) {
  const auto refuted = [&](double shift) { return anytime_p(differences, shift, side) <= alpha; };
  const double outwards = side == Side::greater ? -1 : 1;
  // Far out every difference has the same size and the bets change no more: no end there, none at
  // all.
  const double far = 1e3 * std::max(std::abs(to - from), 1e-9 * std::abs(from) + 1e-290);
  if (!refuted(from + outwards * far)) return std::nullopt;
  double outside = from, inside = to;
  for (double step = far / 1e6; !refuted(outside); step = std::min(step * 2, far)) {
    inside = outside;
    outside = from + outwards * step;
  }
  // What is refuted need not be one piece, so a bisection could end anywhere: step by step.
  constexpr int kSteps = 200;
  double last = outside;
  for (int i = 1; i <= kSteps; ++i) {
    const double next = std::lerp(outside, inside, static_cast<double>(i) / kSteps);
    if (!refuted(next)) break;
    last = next;
  }
  return last;
}

}  // namespace

std::vector<double> betting_wealth(std::span<const double> differences, double shift, Side side) {
  std::array<double, kStakes.size()> wealth;
  wealth.fill(1);
  RunningMedian middle(differences.size());
  std::vector<double> path;
  path.reserve(differences.size());
  for (const double difference : differences) {
    const double x = (difference - shift) * (side == Side::greater ? 1 : -1);
    if (std::isfinite(x) && x != 0) {
      middle.add(std::abs(x));
      const double weight = std::min(1.0, std::abs(x) / (kFullWeight * middle.value()));
      for (std::size_t i = 0; i < kStakes.size(); ++i) {
        wealth[i] *= 1 + kStakes[i] * weight * (x > 0 ? 1 : -1);
      }
    }
    path.push_back(std::accumulate(wealth.begin(), wealth.end(), 0.0) /
                   static_cast<double>(kStakes.size()));
  }
  return path;
}

double anytime_p(std::span<const double> differences, double shift, Side side) {
  double largest = 1;
  for (const double wealth : betting_wealth(differences, shift, side)) {
    largest = std::max(largest, wealth);
  }
  return 1 / largest;
}

double smallest_anytime_p(int pairs) {
  double wealth = 0;
  for (const double stake : kStakes) {
    wealth += std::pow(1 + stake, pairs) / static_cast<double>(kStakes.size());
  }
  return 1 / wealth;
}

std::optional<BettingInterval> betting_interval(std::span<const double> differences, double alpha) {
  if (differences.empty()) return std::nullopt;
  for (const double difference : differences) {
    if (!std::isfinite(difference)) return std::nullopt;
  }
  const auto [low, high] = std::ranges::minmax(differences);
  const auto from_below = end_of_unrefuted(differences, alpha, Side::greater, low, high);
  const auto from_above = end_of_unrefuted(differences, alpha, Side::less, high, low);
  if (!from_below || !from_above) return std::nullopt;
  // Looks long past can leave nothing in between; what is still nearest is kept.
  return BettingInterval{.low = std::min(*from_below, *from_above),
                         .high = std::max(*from_below, *from_above)};
}

}  // namespace tracetax
