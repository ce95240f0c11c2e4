// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pick_tars.h"

namespace tracetax {
namespace {

constexpr std::int64_t kFailuresInARow = 5;
constexpr Nanos kNoSuccessFor = std::chrono::seconds(5);
constexpr std::int64_t kFailuresLeast = 2;
constexpr double kFailureShare = 0.5;
constexpr Nanos kTryAgainAfter = std::chrono::seconds(30);

}  // namespace

bool TarsRoundRobin::may_have_one(Node& node, Nanos now) const {
  if (!node.active) {
    if (now - node.blocked < kTryAgainAfter) return false;
    node.blocked = now;
    return true;
  }
  const bool in_a_row =
      node.failed_in_a_row >= kFailuresInARow && now - node.succeeded >= kNoSuccessFor;
  const bool often =
      node.failed >= kFailuresLeast &&
      static_cast<double>(node.failed) >= kFailureShare * static_cast<double>(node.sent);
  if (!in_a_row && !often) return true;
  node.active = false;
  node.blocked = now;
  return false;
}

std::size_t TarsRoundRobin::pick(Nanos now) {
  const std::lock_guard lock(mutex_);
  std::size_t chosen = next_;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const std::size_t at = (next_ + i) % nodes_.size();
    if (!may_have_one(nodes_[at], now)) continue;
    chosen = at;
    break;
  }
  next_ = (chosen + 1) % nodes_.size();
  ++nodes_[chosen].sent;
  return chosen;
}

void TarsRoundRobin::done(std::size_t index, Nanos now, bool ok) {
  const std::lock_guard lock(mutex_);
  Node& node = nodes_[index];
  if (!ok) {
    ++node.failed;
    ++node.failed_in_a_row;
    return;
  }
  if (!node.active) node = {};
  node.succeeded = now;
  node.failed_in_a_row = 0;
}

}  // namespace tracetax
