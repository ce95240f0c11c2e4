// Instructions and cycles of a process tree, counted by the processor, where it counts for us: many
// virtual machines have no counters, and some kernels let nobody read them. Then there is nothing,
// and never a zero.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/run/meter/cpu_meter.h"

namespace tracetax {

/// As perf_event_open(2) has them.
struct PerfEvent {
  std::uint32_t type = 0;
  std::uint64_t config = 0;
};
inline constexpr std::uint32_t kHardwareEvent = 0;  // PERF_TYPE_HARDWARE
inline constexpr PerfEvent kCycles{kHardwareEvent, 0}, kInstructions{kHardwareEvent, 1};

/// One event of all threads of a tree, and of the threads and processes that they begin from now
/// on. In user mode only, which every kernel counts that lets a user count at all: numbers of two
/// machines are then of the same thing.
class PerfCounter {
 public:
  /// Nothing if it cannot be counted, in any of the threads.
  [[nodiscard]] static std::optional<PerfCounter> open(const MeteredTree& tree, PerfEvent event);

  PerfCounter(PerfCounter&& other) noexcept = default;
  PerfCounter& operator=(PerfCounter&& other) noexcept;
  PerfCounter(const PerfCounter&) = delete;
  PerfCounter& operator=(const PerfCounter&) = delete;
  ~PerfCounter();

  /// Since it was opened, ended threads included. Where the processor had to share its counters, in
  /// proportion to the time that this one was counting; nothing if it never was.
  [[nodiscard]] std::optional<std::uint64_t> read() const;

 private:
  explicit PerfCounter(std::vector<int> threads) : threads_(std::move(threads)) {}

  std::vector<int> threads_;  // a file descriptor each
};

}  // namespace tracetax
