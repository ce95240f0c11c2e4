// A bounded queue from many threads to one. A producer is wait-free until the queue is full: one
// addition reserves room, one takes a slot. The consumer spins a little, then parks. Source: the
// slots with sequence numbers are Vyukov's bounded MPMC queue, with tickets by addition in place of
// compare-and-swap, as room is reserved first.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "harness/core/text/units.h"

namespace tracetax {

template <typename Item>
class RingQueue {
 public:
  /// For `room` items, rounded up to a power of two.
  explicit RingQueue(std::size_t room)
      : room_(std::bit_ceil(room)), slots_(std::make_unique<Slot[]>(room_)) {
    for (std::size_t i = 0; i < room_; ++i) slots_[i].sequence.store(i, std::memory_order_relaxed);
  }

  /// Any thread. False, and `item` as it was: the queue is full.
  [[nodiscard]] bool try_push(Item& item) {
    if (used_.fetch_add(1, std::memory_order_acq_rel) >= room_) {
      used_.fetch_sub(1, std::memory_order_relaxed);
      return false;
    }
    // Acquires too: the slot may have been emptied after this thread reserved, but before another
    // did that has the ticket before this one.
    const std::uint64_t ticket = tail_.fetch_add(1, std::memory_order_acq_rel);
    Slot& slot = slots_[ticket & (room_ - 1)];
    slot.item = std::move(item);
    // In one order with the consumer's parking: either it sees the item, or this sees it park.
    slot.sequence.store(ticket + 1);
    if (parked_.load()) {
      const std::lock_guard lock(mutex_);
      wake_.notify_one();
    }
    return true;
  }

  /// The consumer's thread. None if nothing comes within `wait`.
  [[nodiscard]] std::optional<Item> pop(Nanos wait) {
    for (int spins = 0; !has_next(); ++spins) {
      if (wait <= Nanos{0}) return std::nullopt;
      if (spins < kSpins) continue;
      if (!park(wait)) return std::nullopt;
      break;
    }
    Slot& slot = slots_[head_ & (room_ - 1)];
    std::optional<Item> item(std::move(slot.item));
    ++head_;
    // Room is given back last: who reserves it finds its slot empty.
    used_.fetch_sub(1, std::memory_order_release);
    return item;
  }

 private:
  static constexpr int kSpins = 2000;  // some microseconds

  struct Slot {
    alignas(64) std::atomic<std::uint64_t> sequence{0};  // ticket + 1: it holds that item
    Item item{};
  };

  [[nodiscard]] bool has_next() const {
    return slots_[head_ & (room_ - 1)].sequence.load() == head_ + 1;
  }

  bool park(Nanos wait) {
    std::unique_lock lock(mutex_);
    parked_.store(true);
    const bool found = wake_.wait_for(lock, wait, [this] { return has_next(); });
    parked_.store(false);
    return found;
  }

  const std::size_t room_;
  const std::unique_ptr<Slot[]> slots_;
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  alignas(64) std::atomic<std::uint64_t> used_{0};
  alignas(64) std::uint64_t head_ = 0;  // the consumer's
  std::atomic<bool> parked_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace tracetax
