// Bytes of a request that are written anew for each request. Keeps its memory, and does not clear
// what is about to be written over, as std::string would: a body may have megabytes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace tracetax {

class BodyBuffer {
 public:
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] char* data() noexcept { return bytes_.get(); }

  void clear() noexcept { size_ = 0; }
  /// Room for so many bytes behind the others; what is in it is undefined. Valid until the next
  /// call. Allocates only where no body before was as large.
  [[nodiscard]] char* extend(std::size_t by) {
    if (size_ + by > capacity_) grow(size_ + by);
    char* const at = bytes_.get() + size_;
    size_ += by;
    return at;
  }
  void append(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }
  /// Takes bytes off the end, at most all.
  void shrink(std::size_t size) noexcept { size_ = std::min(size, size_); }

 private:
  void grow(std::size_t least) {
    const std::size_t capacity = std::max(least, 2 * capacity_);
    std::unique_ptr<char[]> more(new char[capacity]);
    if (size_ > 0) std::memcpy(more.get(), bytes_.get(), size_);
    bytes_ = std::move(more);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace tracetax
