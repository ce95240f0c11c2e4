// At most so many per second, with a short burst after a pause: Jaeger's rate limiter as one number
// that is compared and swapped. The number is the time until which what was let through uses the
// rate up (the generic cell rate algorithm, ITU-T I.371), which is the same as a bucket of credits
// that fills all the time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace tracetax {

/// Thread-safe and without locks. Starts full.
class LeakyBucket {
 public:
  /// `per_s` is more than 0. It holds max(per_s, 1) credits, as jaeger-client-go's sampler has it.
  /// That one fills only when it is empty, so that after a pause it may let twice as many through.
  explicit LeakyBucket(double per_s, std::int64_t now_ns)
      : cost_ns_(1e9 / per_s), slack_ns_((std::max(per_s, 1.0) - 1) * cost_ns_), start_(now_ns) {}

  /// Takes one credit if there is one.
  bool take(std::int64_t now_ns) noexcept {
    // Relative to the start, where a double tells single nanoseconds apart for 100 days.
    const auto now = static_cast<double>(now_ns - start_);
    double used_until = used_until_.load(std::memory_order_relaxed);
    for (;;) {
      const double from = std::max(used_until, now);
      // A thousandth of a nanosecond against rounding: a credit may be due exactly now.
      if (from - now > slack_ns_ + 1e-3) return false;
      if (used_until_.compare_exchange_weak(used_until, from + cost_ns_,
                                            std::memory_order_relaxed)) {
        return true;
      }
    }
  }

 private:
  const double cost_ns_;
  const double slack_ns_;
  const std::int64_t start_;
  std::atomic<double> used_until_{0};
};

}  // namespace tracetax
