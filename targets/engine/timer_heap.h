// Armed timers in a heap with four children per node, as Go's runtime keeps them (runtime/time.go):
// what a context with a deadline costs when nobody waits for it. A timer here is due or not due;
// nothing is called.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/text/units.h"

namespace tracetax {

/// One thread, or a lock around it. Arming and cancelling take O(log n).
class TimerHeap {
 public:
  struct Id {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
  };

  explicit TimerHeap(std::size_t limit) : limit_(limit) {}

  /// Nothing, and counted, when so many timers as the limit are armed.
  [[nodiscard]] std::optional<Id> arm(Nanos due);
  /// False when it was due and taken, or cancelled, before.
  bool cancel(Id id);
  /// Takes all that are due at `now`; how many.
  std::size_t take_due(Nanos now);

  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  struct Node {
    Nanos due{0};
    std::uint32_t slot = 0;
  };
  struct Slot {
    std::uint32_t position = 0;
    std::uint32_t generation = 0;  // even: free
  };
  void remove_at(std::size_t position);
  void place(std::size_t position, const Node& node);
  void sift_up(std::size_t position);
  void sift_down(std::size_t position);

  std::size_t limit_;
  std::vector<Node> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t refused_ = 0;
};

}  // namespace tracetax
