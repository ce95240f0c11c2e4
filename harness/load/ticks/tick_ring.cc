// SPDX-License-Identifier: Apache-2.0
#include "harness/load/ticks/tick_ring.h"

#include <algorithm>

namespace tracetax {

void TickRing::begin(const TickPlan& plan) {
  const std::lock_guard lock{no_begin_};
  length_ns_ = plan.length.count();
  over_.store(0, std::memory_order_relaxed);
  taken_.store(0, std::memory_order_relaxed);
  open_ = nullptr;
  if (!on()) return;
  kept_ = std::max<std::size_t>(1, plan.kept);
  if (plan.digits != digits_) ticks_.clear();
  digits_ = plan.digits;
  for (std::size_t i = 0; i < std::min(kept_, ticks_.size()); ++i) ticks_[i].reset();
  while (ticks_.size() < kept_) ticks_.emplace_back(digits_);
  open_ = ticks_.data();
  end_ns_ = length_ns_;
}

void TickRing::advance(std::int64_t now_ns) noexcept {
  const std::int64_t number = now_ns / length_ns_;
  end_ns_ = (number + 1) * length_ns_;
  const std::uint64_t over = over_.load(std::memory_order_relaxed);
  if (over + 1 - taken_.load(std::memory_order_acquire) >= kept_) return;  // no room: it goes on
  over_.store(over + 1, std::memory_order_release);
  open_ = &ticks_[(over + 1) % kept_];
  open_->number = number;
}

void TickRing::finish() noexcept {
  if (open_ == nullptr) return;
  open_->last = true;
  over_.fetch_add(1, std::memory_order_release);
  open_ = nullptr;
  length_ns_ = 0;
}

}  // namespace tracetax
