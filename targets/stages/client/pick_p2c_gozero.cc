// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pick_p2c_gozero.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tracetax {
namespace {

constexpr int kTries = 3;
constexpr Nanos kForcePick = std::chrono::seconds(1);
constexpr double kDecayNs = 10e9;
constexpr std::uint64_t kSuccess = 1000;
// go-zero counts time from a year before the start, so nothing was picked lately then.
constexpr std::int64_t kLongAgo = Nanos(-std::chrono::hours(24 * 365)).count();

}  // namespace

GozeroP2c::Node::Node() : done_ns(kLongAgo), picked_ns(kLongAgo) {}

GozeroP2c::GozeroP2c(std::size_t nodes) : size_(nodes), nodes_(new Node[nodes]) {}

std::size_t GozeroP2c::pick(Nanos now, Uniform uniform) {
  const std::lock_guard lock(mutex_);
  std::size_t chosen = 0;
  if (size_ == 1) {
    nodes_[0].picked_ns = now.count();
  } else if (size_ == 2) {
    chosen = choose(0, 1, now);
  } else {
    std::size_t one = 0;
    std::size_t other = 0;
    for (int i = 0; i < kTries; ++i) {
      one = uniform.below(size_);
      other = uniform.below(size_ - 1);
      if (other >= one) ++other;
      if (healthy(one) && healthy(other)) break;
    }
    chosen = choose(one, other, now);
  }
  nodes_[chosen].in_flight.fetch_add(1);
  return chosen;
}

std::size_t GozeroP2c::choose(std::size_t one, std::size_t other, Nanos now) {
  if (load(one) > load(other)) std::swap(one, other);
  const bool forced = now.count() - nodes_[other].picked_ns > kForcePick.count();
  const std::size_t chosen = forced ? other : one;
  nodes_[chosen].picked_ns = now.count();
  return chosen;
}

std::int64_t GozeroP2c::load(std::size_t node) const {
  const auto lag = static_cast<double>(nodes_[node].lag_ns + 1);
  return static_cast<std::int64_t>(std::sqrt(lag)) * (nodes_[node].in_flight + 1);
}

void GozeroP2c::done(std::size_t index, Nanos started, Nanos now, bool ok) {
  Node& node = nodes_[index];
  node.in_flight.fetch_sub(1);
  const std::int64_t last = node.done_ns.exchange(now.count());
  const auto passed = static_cast<double>(std::max<std::int64_t>(now.count() - last, 0));
  const auto lag = static_cast<double>(std::max<std::int64_t>((now - started).count(), 0));
  const std::uint64_t old_lag = node.lag_ns;
  const double w = old_lag == 0 ? 0 : std::exp(-passed / kDecayNs);
  // Loaded and stored apart, as there: of two ends at once one may be lost.
  node.lag_ns = static_cast<std::uint64_t>(static_cast<double>(old_lag) * w + lag * (1 - w));
  node.success = static_cast<std::uint64_t>(static_cast<double>(node.success) * w +
                                            (ok ? static_cast<double>(kSuccess) : 0) * (1 - w));
}

}  // namespace tracetax
