// How a worker waits: until an event or until just before the next due time, by sleeping, by
// spinning, or by both.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/core/text/units.h"

namespace tracetax {

class Poller;

enum class ReleaseMode { sleep, hybrid, spin };
[[nodiscard]] std::string_view name_of(ReleaseMode mode);
[[nodiscard]] std::optional<ReleaseMode> release_mode_from(std::string_view name);
/// sleep on one CPU, hybrid on two or three, spin from four on.
[[nodiscard]] ReleaseMode release_mode_for(int cpus);

/// How long before a due time `hybrid` stops sleeping. Timers of a virtual machine wake 30 us late
/// as a rule but up to a millisecond at times; a waiting driver on a CPU that it has for itself
/// costs nothing.
inline constexpr Nanos kSpinBefore{1'000'000};

/// Decides between sleeping and spinning, turn by turn. One per worker thread.
class Release {
 public:
  Release(ReleaseMode mode, Nanos guard);

  /// Waits for news, but no longer than `idle_ns`, after which something is due (negative: nothing
  /// is). Returns what the poller says. `now_ns` counts from the start of the phase. In hybrid mode
  /// a worker that would spin rests instead until it has rested a tenth of the time, so that
  /// others on its CPU (the sink) get that much whatever their priority is.
  int wait(Poller& poller, std::int64_t now_ns, std::int64_t idle_ns);

  /// Whether the last wait() returned at once by intent (spinning).
  [[nodiscard]] bool spun() const noexcept { return spun_; }

 private:
  /// How long to rest now, in ns; 0: spin.
  [[nodiscard]] std::int64_t rest_due(std::int64_t now_ns);

  ReleaseMode mode_;
  std::int64_t guard_ns_;
  std::int64_t rested_ns_ = 0;
  bool spun_ = false;
};

}  // namespace tracetax
