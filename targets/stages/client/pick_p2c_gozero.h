// go-zero's client balancer: the less loaded of two nodes drawn at random. Load is made of a moving
// average of response times and of the requests under way. A node that was not picked for too long
// is picked once. Source: go-zero zrpc/internal/balancer/p2c/p2c.go v1.10.3; its log line a minute
// is left out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "harness/core/text/units.h"
#include "targets/request/uniform.h"

namespace tracetax {

/// Any thread; one lock per pick, none at the end of a request.
class GozeroP2c {
 public:
  /// At least one node.
  explicit GozeroP2c(std::size_t nodes);
  /// done() must follow. Takes two draws per try, at most six; none for one or two nodes.
  [[nodiscard]] std::size_t pick(Nanos now, Uniform uniform);
  void done(std::size_t node, Nanos started, Nanos now, bool ok);

  /// sqrt of the mean response time in ns plus one, times the requests under way plus one.
  [[nodiscard]] std::int64_t load(std::size_t node) const;
  /// Mean success of the node in [0, 1000].
  [[nodiscard]] std::uint64_t success(std::size_t node) const { return nodes_[node].success; }

 private:
  struct Node {
    std::atomic<std::uint64_t> lag_ns = 0;
    std::atomic<std::int64_t> in_flight = 0;
    std::atomic<std::uint64_t> success = 1000;
    std::atomic<std::int64_t> done_ns;
    std::atomic<std::int64_t> picked_ns;
    Node();
  };
  [[nodiscard]] bool healthy(std::size_t node) const { return nodes_[node].success > 500; }
  [[nodiscard]] std::size_t choose(std::size_t one, std::size_t other, Nanos now);

  std::size_t size_;
  std::unique_ptr<Node[]> nodes_;
  std::mutex mutex_;
};

}  // namespace tracetax
