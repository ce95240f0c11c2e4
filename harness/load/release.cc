// SPDX-License-Identifier: Apache-2.0
#include "harness/load/release.h"

#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <ctime>

namespace tracetax {
namespace {

constexpr std::int64_t kSpinMax = 500'000;    // ns, before hybrid sleeps once
constexpr std::int64_t kLongestWait = 10'000'000;  // ns: housekeeping (time-outs, reconnects) runs this often

int wait_for(int epoll_fd, epoll_event* events, int capacity, std::int64_t ns) {
  const timespec length{ns / 1'000'000'000, ns % 1'000'000'000};
  return epoll_pwait2(epoll_fd, events, capacity, &length, nullptr);
}

}  // namespace

std::string_view name_of(ReleaseMode mode) {
  switch (mode) {
    case ReleaseMode::sleep: return "sleep";
    case ReleaseMode::hybrid: return "hybrid";
    case ReleaseMode::spin: return "spin";
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

int Release::wait(int epoll_fd, epoll_event* events, int capacity, std::int64_t now_ns,
                  std::int64_t idle_ns) {
  const bool nothing_due = idle_ns < 0;
  const std::int64_t longest = nothing_due ? kLongestWait : std::min(idle_ns, kLongestWait);
  std::int64_t sleep = longest;
  if (!nothing_due && mode_ == ReleaseMode::spin) sleep = 0;
  if (!nothing_due && mode_ == ReleaseMode::hybrid) {
    sleep = longest - guard_ns_;
    if (sleep <= 0) sleep = now_ns - slept_at_ns_ > kSpinMax ? 1 : 0;
  }
  spun_ = sleep <= 0;
  if (spun_) return epoll_wait(epoll_fd, events, capacity, 0);
  slept_at_ns_ = now_ns + sleep;
  return wait_for(epoll_fd, events, capacity, sleep);
}

}  // namespace tracetax
