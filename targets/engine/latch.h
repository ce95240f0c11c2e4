// Stage `latch`: at most so many requests at once, a counter and nothing else. go-zero's MaxConns,
// whose default this is, and kitex' limit where one is set. Answers 503 without a body.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "targets/request/stage.h"

namespace tracetax {

struct LatchSpec {
  std::int64_t limit = 10'000;
};
[[nodiscard]] StagePointer make_stage(const LatchSpec& spec);

/// Any thread.
class Latch {
 public:
  explicit Latch(std::int64_t limit) : limit_(limit) {}
  /// True: leave() must follow.
  [[nodiscard]] bool try_enter() {
    std::int64_t inside = inside_.load(std::memory_order_relaxed);
    while (inside < limit_) {
      if (inside_.compare_exchange_weak(inside, inside + 1, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  void leave() { inside_.fetch_sub(1, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t inside() const { return inside_.load(std::memory_order_relaxed); }

 private:
  std::int64_t limit_;
  std::atomic<std::int64_t> inside_ = 0;
};

}  // namespace tracetax
