// One object per route, such as a breaker, found without a lock. Frameworks build theirs with the
// route and need no search; a chain serves all routes, so the route's address is the key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "targets/request/exchange.h"

namespace tracetax {

/// Any thread. Objects are made on first use and stay; addresses do not change.
template <typename T>
class PerRoute {
 public:
  /// So many routes have an object of their own; those beyond, and requests without a route, share
  /// one.
  static constexpr std::size_t kMost = 192;

  explicit PerRoute(std::function<std::unique_ptr<T>()> make)
      : make_(std::move(make)), shared_(make_()) {}

  [[nodiscard]] T& of(const Route* route) {
    if (route == nullptr) return *shared_;
    for (std::size_t at = slot_of(route);; at = (at + 1) % kSlots) {
      const Route* key = slots_[at].key.load(std::memory_order_acquire);
      if (key == route) return *slots_[at].value;
      if (key == nullptr) return add(route);
    }
  }

 private:
  static constexpr std::size_t kSlots = 256;  // more than kMost, so that every search ends
  struct Slot {
    std::atomic<const Route*> key = nullptr;
    std::unique_ptr<T> value;
  };

  static std::size_t slot_of(const Route* route) {
    const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(route));
    return static_cast<std::size_t>((address * 0x9e3779b97f4a7c15) >> 56);
  }

  T& add(const Route* route) {
    const std::lock_guard lock(adding_);
    std::size_t at = slot_of(route);
    for (; slots_[at].key.load(std::memory_order_relaxed) != nullptr; at = (at + 1) % kSlots) {
      if (slots_[at].key.load(std::memory_order_relaxed) == route) return *slots_[at].value;
    }
    if (size_ == kMost) return *shared_;
    ++size_;
    slots_[at].value = make_();
    slots_[at].key.store(route, std::memory_order_release);
    return *slots_[at].value;
  }

  std::function<std::unique_ptr<T>()> make_;
  std::unique_ptr<T> shared_;
  std::array<Slot, kSlots> slots_;
  std::mutex adding_;
  std::size_t size_ = 0;
};

}  // namespace tracetax
