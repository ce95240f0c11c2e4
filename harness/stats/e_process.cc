// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/e_process.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "harness/stats/sample.h"

namespace tracetax {

std::vector<double> betting_wealth(std::span<const double> differences, double shift, Side side) {
  // Small stakes find small shifts slowly, large ones large shifts fast; the mean of martingales is
  // one.
  constexpr std::array kStakes{0.2, 0.4, 0.6, 0.8, 0.95};
  constexpr double kFullWeight = 1.5;  // medians of |x|: a spike counts no more than that
  std::array<double, kStakes.size()> wealth;
  wealth.fill(1);
  std::vector<double> sizes, path;
  for (const double difference : differences) {
    const double x = (difference - shift) * (side == Side::greater ? 1 : -1);
    if (std::isfinite(x) && x != 0) {
      sizes.push_back(std::abs(x));
      const double weight = std::min(1.0, sizes.back() / (kFullWeight * *median(sizes)));
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

}  // namespace tracetax
