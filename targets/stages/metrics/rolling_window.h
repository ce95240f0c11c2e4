// A window of the last `size` intervals of time, in as many buckets: the statistics under breakers,
// shedders and their like. Each call takes the time as a parameter. No lock: the owner has one.
// Sources: go-zero core/collection/rollingwindow.go, aegis internal/window/policy.go.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/text/units.h"

namespace tracetax {

/// The bucket most windows use.
struct SumBucket {
  std::int64_t sum = 0;
  std::int64_t count = 0;
  void add(std::int64_t value) {
    sum += value;
    ++count;
  }
};

enum class Current { included, skipped };

/// `Bucket` is a value whose default is the empty bucket.
template <typename Bucket>
class RollingWindow {
 public:
  /// `size` and `interval` are at least 1. Bucket edges lie at `start` + k * `interval`.
  RollingWindow(std::size_t size, Nanos interval, Nanos start)
      : buckets_(size), interval_(interval), edge_(start) {}

  [[nodiscard]] std::size_t size() const { return buckets_.size(); }
  [[nodiscard]] Nanos interval() const { return interval_; }

  /// The bucket of `now`, to add to. `expired(bucket)` is called for each one that drops out. A
  /// `now` before the newest bucket counts as that bucket's.
  template <typename Expired>
  Bucket& current(Nanos now, Expired expired) {
    const std::int64_t passed = passed_since_edge(now);
    if (passed == 0) return buckets_[newest_];
    const auto all = static_cast<std::int64_t>(buckets_.size());
    const std::int64_t cleared = std::min(passed, all);
    for (std::int64_t i = 0; i < cleared; ++i) {
      newest_ = newest_ + 1 == buckets_.size() ? 0 : newest_ + 1;
      expired(buckets_[newest_]);
      buckets_[newest_] = Bucket{};
    }
    edge_ += interval_ * passed;
    return buckets_[newest_];
  }
  Bucket& current(Nanos now) {
    return current(now, [](const Bucket&) {});
  }

  /// Calls `visit(bucket)` from the oldest to the newest bucket that is still in the window at
  /// `now`. Current::skipped leaves out the bucket of `now`, which is not full yet.
  template <typename Visit>
  void for_each(Nanos now, Visit visit, Current current = Current::included) const {
    const std::int64_t passed = passed_since_edge(now);
    const auto all = static_cast<std::int64_t>(buckets_.size());
    if (passed >= all) return;
    std::int64_t left = all - passed;
    if (passed == 0 && current == Current::skipped) --left;
    auto at = (newest_ + static_cast<std::size_t>(passed) + 1) % buckets_.size();
    for (; left > 0; --left) {
      visit(buckets_[at]);
      at = at + 1 == buckets_.size() ? 0 : at + 1;
    }
  }

  /// Empties all buckets; the edges stay.
  void clear() { std::ranges::fill(buckets_, Bucket{}); }

 private:
  [[nodiscard]] std::int64_t passed_since_edge(Nanos now) const {
    return now <= edge_ ? 0 : (now - edge_) / interval_;
  }

  std::vector<Bucket> buckets_;
  Nanos interval_;
  Nanos edge_;  // where the newest bucket begins
  std::size_t newest_ = 0;
};

}  // namespace tracetax
