// A bounded first-in, first-out queue in memory taken once: the form of every queue in the hot
// loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace tracetax {

template <typename T>
class Ring {
 public:
  explicit Ring(std::size_t capacity) : items_(capacity) {}

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool full() const noexcept { return size_ == items_.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Must not be full.
  void push(const T& item) noexcept {
    assert(!full());
    std::size_t at = first_ + size_;
    if (at >= items_.size()) at -= items_.size();
    items_[at] = item;
    ++size_;
  }
  /// Must not be empty.
  T pop() noexcept {
    assert(!empty());
    const T item = items_[first_];
    if (++first_ == items_.size()) first_ = 0;
    --size_;
    return item;
  }

 private:
  std::vector<T> items_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace tracetax
