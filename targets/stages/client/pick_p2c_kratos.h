// kratos' P2C balancer: the heavier of two nodes drawn at random. The weight is made of success, of
// a moving average of response times, and of a guess from the requests that are slow right now.
// Source: kratos selector/p2c/p2c.go and selector/node/ewma/node.go v2.9.2.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "harness/core/text/units.h"
#include "targets/request/uniform.h"

namespace tracetax {

/// Any thread, without a lock.
class KratosP2c {
 public:
  /// What done() needs of a pick.
  struct Pick {
    std::size_t node = 0;
    Nanos started{0};
    std::size_t slot = 0;
    bool has_slot = false;  // false: the slot was taken, and the guess does not see this request
  };

  /// At least one node.
  explicit KratosP2c(std::size_t nodes);
  /// done() must follow. Takes two draws, none for one node.
  [[nodiscard]] Pick pick(Nanos now, Uniform uniform);
  void done(const Pick& pick, Nanos now, bool ok);
  /// success * 10 us / load, kept for 5 ms.
  [[nodiscard]] double weight(std::size_t node, Nanos now);

 private:
  static constexpr std::size_t kSlots = 200;
  static constexpr std::int64_t kNone = INT64_MIN;
  struct Node {
    Node();
    std::atomic<std::int64_t> lag_ns = 0;
    std::atomic<std::uint64_t> success = 1000;
    std::atomic<std::int64_t> in_flight = 1;  // one more than there are, so that a load is never 0
    std::array<std::atomic<std::int64_t>, kSlots> started_ns;
    std::atomic<std::uint64_t> requests = 0;
    std::atomic<std::int64_t> done_ns;
    std::atomic<std::int64_t> picked_ns;
    std::atomic<double> weight = 0;
    std::atomic<std::int64_t> weighed_ns = kNone;
  };
  [[nodiscard]] static double load(const Node& node, Nanos now);
  [[nodiscard]] static std::int64_t predict(const Node& node, std::int64_t lag_ns, Nanos now);

  std::size_t size_;
  std::unique_ptr<Node[]> nodes_;
};

}  // namespace tracetax
