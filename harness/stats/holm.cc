// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/holm.h"

#include <algorithm>
#include <numeric>

namespace tracetax {
namespace {

/// Places in `p`, that of the smallest value first.
std::vector<std::size_t> ascending(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return p[left] < p[right]; });
  return order;
}

}  // namespace

std::vector<double> holm_adjusted(std::span<const double> p) {
  const std::vector<std::size_t> order = ascending(p);
  std::vector<double> adjusted(p.size());
  double largest = 0;  // an adjusted value is never below that of a smaller p
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double weight = static_cast<double>(p.size() - rank);
    largest = std::max(largest, std::min(1.0, weight * p[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

std::vector<double> benjamini_hochberg_adjusted(std::span<const double> p) {
  const std::vector<std::size_t> order = ascending(p);
  std::vector<double> adjusted(p.size());
  double smallest = 1;  // an adjusted value is never above that of a larger p
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const double weight = static_cast<double>(p.size()) / static_cast<double>(rank);
    smallest = std::min(smallest, weight * p[order[rank - 1]]);
    adjusted[order[rank - 1]] = smallest;
  }
  return adjusted;
}

}  // namespace tracetax
