// Pickers that go round. Weighted round robin as kratos keeps it (nginx' smooth one: a map by
// address, under a lock); as kitex does it (worked out once for a whole turn, then an index); and
// plain round robin. Sources: kratos selector/wrr/wrr.go v2.9.2, kitex
// pkg/loadbalance/weighted_round_robin.go v0.16.3.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace tracetax {

/// Any thread. Each pick walks all nodes: weights grow by their own, the largest is picked and
/// loses the sum. The first of equals wins.
class KratosWrr {
 public:
  /// As many addresses as weights, at least one; weights above 0.
  KratosWrr(std::vector<std::string> addresses, std::vector<double> weights);
  [[nodiscard]] std::size_t pick();

 private:
  std::vector<std::string> addresses_;
  std::vector<double> weights_;
  std::mutex mutex_;
  std::unordered_map<std::string, double> current_;
};

/// Any thread, without a lock.
class RoundRobin {
 public:
  explicit RoundRobin(std::size_t nodes) : size_(nodes) {}
  [[nodiscard]] std::size_t pick() { return next_.fetch_add(1, std::memory_order_relaxed) % size_; }

 private:
  std::size_t size_;
  std::atomic<std::size_t> next_ = 0;
};

/// Any thread, without a lock once `kBatch` picks at a time have been worked out. Equal weights:
/// plain round robin, as kitex does.
class KitexWrr {
 public:
  static constexpr std::size_t kBatch = 500;
  /// The sum of all weights is the length of a turn; it may not exceed this.
  static constexpr std::size_t kTurnMost = 1 << 20;

  /// At least one weight, all above 0. kitex starts at a random node; `first` is that choice.
  explicit KitexWrr(std::span<const int> weights, std::size_t first = 0);
  [[nodiscard]] std::size_t pick();

 private:
  struct Node {
    std::size_t index = 0;
    std::int64_t weight = 0;
    std::int64_t current = 0;
  };
  void build_until(std::size_t end);
  [[nodiscard]] std::size_t next_node();

  RoundRobin turn_;
  bool equal_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> order_;
  std::atomic<std::size_t> built_ = 0;
  std::mutex mutex_;
};

}  // namespace tracetax
