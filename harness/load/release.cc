// SPDX-License-Identifier: Apache-2.0
#include "harness/load/release.h"

#include <sys/prctl.h>

#include <algorithm>

#include "harness/load/poller.h"
#include "harness/load/session/monotonic.h"

namespace tracetax {
namespace {

// What hybrid leaves to others on its CPU, of the time that it runs: the sink takes 3 % of a CPU
// for 34,000 spans/s over HTTP. Events end a rest early, so it is the time rested that counts, not
// the number of rests.
constexpr std::int64_t kRestShare = 10;  // one part in so many; kernels before 6.8 stop a real-time
                                         // thread that takes more than 95 %
constexpr std::int64_t kShortestRest =
    10'000;  // ns: below it a change of tasks costs more than it gives
constexpr std::int64_t kLongestRest = 50'000;  // ns: the limit of the lag that voids a segment
constexpr std::int64_t kLongestWait =
    10'000'000;  // ns: housekeeping (time-outs, reconnects) runs this often

}  // namespace

std::string_view name_of(ReleaseMode mode) {
  switch (mode) {
    case ReleaseMode::sleep:
      return "sleep";
    case ReleaseMode::hybrid:
      return "hybrid";
    case ReleaseMode::spin:
      return "spin";
  }
  return "?";
}

std::optional<ReleaseMode> release_mode_from(std::string_view name) {
  for (const auto mode : {ReleaseMode::sleep, ReleaseMode::hybrid, ReleaseMode::spin}) {
    if (name == name_of(mode)) return mode;
  }
  return std::nullopt;
}

ReleaseMode release_mode_for(int cpus) {
  if (cpus <= 1) return ReleaseMode::sleep;
  return cpus < 4 ? ReleaseMode::hybrid : ReleaseMode::spin;
}

Release::Release(ReleaseMode mode, Nanos guard) : mode_(mode), guard_ns_(guard.count()) {
  // The default slack of 50 us would be added to every sleep.
  prctl(PR_SET_TIMERSLACK, 1UL);
}

int Release::wait(Poller& poller, std::int64_t now_ns, std::int64_t idle_ns) {
  const bool nothing_due = idle_ns < 0;
  const std::int64_t longest = nothing_due ? kLongestWait : std::min(idle_ns, kLongestWait);
  std::int64_t sleep = longest;
  if (!nothing_due && mode_ == ReleaseMode::spin) sleep = 0;
  if (!nothing_due && mode_ == ReleaseMode::hybrid) {
    sleep = longest - guard_ns_;
    if (sleep <= 0) sleep = rest_due(now_ns);
  }
  spun_ = sleep <= 0;
  if (spun_) return poller.wait(0);
  const std::int64_t from = monotonic_ns();
  const int news = poller.wait(sleep);
  rested_ns_ += monotonic_ns() - from;
  return news;
}

std::int64_t Release::rest_due(std::int64_t now_ns) {
  const std::int64_t owed = now_ns / kRestShare;
  // Neither long sleeps nor long work count beyond what a rest can make up for.
  rested_ns_ = std::clamp(rested_ns_, owed - kLongestRest, owed);
  const std::int64_t due = owed - rested_ns_;
  return due < kShortestRest ? 0 : due;
}

}  // namespace tracetax
