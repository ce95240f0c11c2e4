// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pick_p2c_kratos.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tracetax {
namespace {

constexpr Nanos kKratosForcePick = std::chrono::seconds(3);
constexpr double kTauNs = 600e6;
constexpr double kPenaltyNs = 100e3;         // of a node that has answered nothing yet
constexpr std::int64_t kZoneNs = 5'000'000;  // levels differences between zones
constexpr Nanos kWeightKept = std::chrono::milliseconds(5);
constexpr std::int64_t kKratosLongAgo = Nanos(-std::chrono::hours(24 * 365)).count();

}  // namespace

KratosP2c::Node::Node() : done_ns(kKratosLongAgo), picked_ns(kKratosLongAgo) {
  for (auto& started : started_ns) started = kNone;
}

KratosP2c::KratosP2c(std::size_t nodes) : size_(nodes), nodes_(new Node[nodes]) {}

KratosP2c::Pick KratosP2c::pick(Nanos now, Uniform uniform) {
  std::size_t chosen = 0;
  if (size_ > 1) {
    chosen = uniform.below(size_);
    std::size_t other = uniform.below(size_ - 1);
    if (other >= chosen) ++other;
    if (weight(other, now) > weight(chosen, now)) std::swap(chosen, other);
    // kratos guards this by a flag that is taken and given back at once, so it guards nothing.
    if (now.count() - nodes_[other].picked_ns > kKratosForcePick.count()) chosen = other;
  }
  Node& node = nodes_[chosen];
  node.picked_ns = now.count();
  node.in_flight.fetch_add(1);
  Pick pick{.node = chosen, .started = now};
  pick.slot = static_cast<std::size_t>(node.requests.fetch_add(1) + 1) % kSlots;
  std::int64_t free = kNone;
  pick.has_slot = node.started_ns[pick.slot].compare_exchange_strong(free, now.count());
  return pick;
}

void KratosP2c::done(const Pick& pick, Nanos now, bool ok) {
  Node& node = nodes_[pick.node];
  if (pick.has_slot) node.started_ns[pick.slot] = kNone;
  node.in_flight.fetch_sub(1);
  const std::int64_t last = node.done_ns.exchange(now.count());
  const auto passed = static_cast<double>(std::max<std::int64_t>(now.count() - last, 0));
  const auto lag = static_cast<double>(std::max<std::int64_t>((now - pick.started).count(), 0));
  const std::int64_t old_lag = node.lag_ns;
  const double w = old_lag == 0 ? 0 : std::exp(-passed / kTauNs);
  node.lag_ns = static_cast<std::int64_t>(static_cast<double>(old_lag) * w + lag * (1 - w));
  node.success = static_cast<std::uint64_t>(static_cast<double>(node.success) * w +
                                            (ok ? 1000.0 : 0.0) * (1 - w));
}

double KratosP2c::weight(std::size_t index, Nanos now) {
  Node& node = nodes_[index];
  const std::int64_t weighed = node.weighed_ns;
  if (weighed != kNone && now - Nanos(weighed) <= kWeightKept) return node.weight;
  const double weight = static_cast<double>(node.success) * 10'000 / load(node, now);
  node.weight = weight;
  node.weighed_ns = now.count();
  return weight;
}

double KratosP2c::load(const Node& node, Nanos now) {
  const std::int64_t lag = node.lag_ns;
  const auto in_flight = static_cast<double>(node.in_flight);
  const std::int64_t predicted = predict(node, lag, now);
  if (lag == 0) return kPenaltyNs * in_flight;
  const auto slow = static_cast<double>(std::max(lag, predicted) + kZoneNs);
  return std::floor(std::sqrt(slow)) * in_flight;
}

// The mean age of the requests that are older than the mean response time, if they are more than
// half.
std::int64_t KratosP2c::predict(const Node& node, std::int64_t lag_ns, Nanos now) {
  std::int64_t total = 0;
  std::int64_t slow = 0;
  std::int64_t all = 0;
  for (const auto& started_ns : node.started_ns) {
    const std::int64_t started = started_ns.load(std::memory_order_relaxed);
    if (started == kNone) continue;
    ++all;
    const std::int64_t age = now.count() - started;
    if (age <= lag_ns) continue;
    ++slow;
    total += age;
  }
  return slow >= all / 2 + 1 ? total / slow : 0;
}

}  // namespace tracetax
