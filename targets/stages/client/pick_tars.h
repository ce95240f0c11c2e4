// TarsGo's client: round robin over the nodes that its fail counters call active. A node is left
// out after five failures in a row with no success for 5 s, or once two of its requests and half of
// them have failed; after 30 s it gets one request, and a success makes it active again. Where none
// is active all are asked. Source: TarsGo tars/adapter.go v1.4.5, whose check time is never set, so
// that the second rule always counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "harness/core/text/units.h"

namespace tracetax {

/// Any thread; a lock per pick and per end.
class TarsRoundRobin {
 public:
  /// At least one node.
  explicit TarsRoundRobin(std::size_t nodes) : nodes_(nodes) {}
  /// done() must follow.
  [[nodiscard]] std::size_t pick(Nanos now);
  void done(std::size_t node, Nanos now, bool ok);
  [[nodiscard]] bool active(std::size_t node) const { return nodes_[node].active; }

 private:
  struct Node {
    std::int64_t sent = 0;
    std::int64_t failed = 0;
    std::int64_t failed_in_a_row = 0;
    Nanos succeeded{0};
    Nanos blocked{0};
    bool active = true;
  };
  [[nodiscard]] bool may_have_one(Node& node, Nanos now) const;

  std::mutex mutex_;
  std::vector<Node> nodes_;
  std::size_t next_ = 0;
};

}  // namespace tracetax
