// Tells a stall of the machine from the driver's own lateness. A thread that spins and yet sees no
// time for more than 50 us was stopped. Either the kernel stopped it, for another thread or by a
// signal: that counts as a context switch. Or something beneath stopped it, as a rule the
// hypervisor: that does not. Only the latter is the machine's. What cannot be told is the driver's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tracetax {

/// One per worker thread; used by that thread only.
class StallWatch {
 public:
  static constexpr std::int64_t kStallNs = 50'000;

  StallWatch() noexcept;

  /// After a turn that slept or handled something: its switches and its length tell nothing.
  void start_over() noexcept;

  /// After a turn that did nothing but spin from `from_ns` to `to_ns`: whether the machine stalled
  /// in it. Costs one system call if the turn was longer than kStallNs, else nothing.
  [[nodiscard]] bool machine_stalled(std::int64_t from_ns, std::int64_t to_ns) noexcept;

  /// Whether a request due at `due_ns` and released at `now_ns` was held up by the last stall: it
  /// came due in it, or in the backlog that it left behind.
  [[nodiscard]] bool held_up(std::int64_t due_ns, std::int64_t now_ns) noexcept;

 private:
  [[nodiscard]] static std::int64_t switches() noexcept;

  std::int64_t switches_ = 0;  // of this thread, when last read
  std::int64_t stall_end_ns_ = 0;
  bool catching_up_ = false;
};

}  // namespace tracetax
