// A random node by weight, as dubbo-go draws it: equal weights need no search. go-micro's random
// selector is this with equal weights. Source: dubbo-go cluster/loadbalance/random v3.3.2.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "targets/request/uniform.h"

namespace tracetax {

/// Any thread; it has no state. One draw a pick. The sums are made each time, as there, where
/// weights may change with the time since a node's start.
class RandomWeighted {
 public:
  /// At least one weight; none below 0.
  explicit RandomWeighted(std::vector<int> weights) : weights_(std::move(weights)) {}

  [[nodiscard]] std::size_t pick(Uniform uniform) const {
    if (weights_.size() == 1) return 0;
    std::int64_t total = 0;
    bool same = true;
    for (const int weight : weights_) {
      total += weight;
      same = same && weight == weights_.front();
    }
    if (same || total == 0) return uniform.below(weights_.size());
    auto offset = static_cast<std::int64_t>(uniform.below(static_cast<std::size_t>(total)));
    std::size_t at = 0;
    for (; offset >= weights_[at]; ++at) offset -= weights_[at];
    return at;
  }

 private:
  std::vector<int> weights_;
};

}  // namespace tracetax
