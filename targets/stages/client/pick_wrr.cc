// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/pick_wrr.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tracetax {
namespace {

bool all_equal(std::span<const int> weights) {
  return std::ranges::all_of(weights, [&](int weight) { return weight == weights.front(); });
}

// The length of a turn: the number of nodes, or the sum of their weights.
std::size_t turn_of(std::span<const int> weights) {
  if (all_equal(weights)) return weights.size();
  const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  return std::min(static_cast<std::size_t>(std::max<std::int64_t>(sum, 1)), KitexWrr::kTurnMost);
}

}  // namespace

KratosWrr::KratosWrr(std::vector<std::string> addresses, std::vector<double> weights)
    : addresses_(std::move(addresses)), weights_(std::move(weights)) {}

std::size_t KratosWrr::pick() {
  std::size_t selected = 0;
  double selected_weight = 0;
  double total = 0;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < addresses_.size(); ++i) {
    total += weights_[i];
    const double weight = current_[addresses_[i]] += weights_[i];
    if (i == 0 || weight > selected_weight) {
      selected_weight = weight;
      selected = i;
    }
  }
  current_[addresses_[selected]] = selected_weight - total;
  return selected;
}

KitexWrr::KitexWrr(std::span<const int> weights, std::size_t first)
    : turn_(turn_of(weights)), equal_(all_equal(weights)) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t index = (first + i) % weights.size();
    nodes_.push_back({.index = index, .weight = weights[index]});
  }
  (void)turn_.pick();  // kitex counts before it looks, so its first pick is the turn's second
  if (equal_) return;
  order_.resize(turn_of(weights));
  build_until(kBatch);
}

std::size_t KitexWrr::pick() {
  const std::size_t at = turn_.pick();
  if (equal_) return nodes_[at].index;
  if (at >= built_.load(std::memory_order_acquire)) {
    const std::lock_guard lock(mutex_);
    if (at >= built_.load(std::memory_order_relaxed))
      build_until(std::max(built_ + kBatch, at + 1));
  }
  return order_[at];
}

void KitexWrr::build_until(std::size_t end) {
  end = std::min(end, order_.size());
  for (std::size_t at = built_; at < end; ++at)
    order_[at] = static_cast<std::uint32_t>(next_node());
  built_.store(end, std::memory_order_release);
}

std::size_t KitexWrr::next_node() {
  Node* selected = &nodes_.front();
  std::int64_t total = 0;
  for (Node& node : nodes_) {
    node.current += node.weight;
    total += node.weight;
    if (node.current > selected->current) selected = &node;
  }
  selected->current -= total;
  return selected->index;
}

}  // namespace tracetax
