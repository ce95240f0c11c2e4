// What went wrong in a phase, counted by kind without naming anything until the end. One writer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/load/engine.h"

namespace tracetax {

/// The kinds that ErrorCounts documents, a wrong status apart.
enum class ErrorKind : std::uint8_t {
  connect, reset, closed, closed_idle, connection_close, malformed, timeout, unfinished
};

class ErrorTally {
 public:
  void add(ErrorKind kind) noexcept {
    ++kinds_[static_cast<std::size_t>(kind)];
    ++total_;
  }
  /// An answer with a status that was not expected; 100 to 999.
  void add_status(int status) noexcept {
    ++statuses_[static_cast<std::size_t>(status)];
    ++total_;
  }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] ErrorCounts named() const;

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(ErrorKind::unfinished) + 1;

  std::array<std::uint64_t, kKinds> kinds_{};
  std::array<std::uint64_t, 1000> statuses_{};
  std::uint64_t total_ = 0;
};

}  // namespace tracetax
