// SPDX-License-Identifier: Apache-2.0
#include "harness/load/release.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "harness/load/monotonic.h"

namespace tracetax {
namespace {

constexpr std::int64_t kSpinMax = 500'000;    // ns, before hybrid sleeps once
constexpr std::int64_t kLongestWait = 10'000'000;  // ns: housekeeping (time-outs, reconnects) runs this often

int wait_for(int epoll_fd, epoll_event* events, int capacity, std::int64_t ns) {
  const timespec length{ns / 1'000'000'000, ns % 1'000'000'000};
  return epoll_pwait2(epoll_fd, events, capacity, &length, nullptr);
}

Nanos measure_lateness() {
  prctl(PR_SET_TIMERSLACK, 1UL);
  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  std::array<std::int64_t, 40> late{};
  epoll_event unused{};
  for (std::int64_t& sample : late) {
    constexpr std::int64_t kAsked = 100'000;
    const std::int64_t from = monotonic_ns();
    wait_for(epoll_fd, &unused, 1, kAsked);
    sample = monotonic_ns() - from - kAsked;
  }
  close(epoll_fd);
  std::sort(late.begin(), late.end());
  return Nanos{std::clamp<std::int64_t>(late[late.size() * 9 / 10], 20'000, 200'000)};
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

Nanos timer_lateness() {
  static const Nanos measured = measure_lateness();
  return measured;
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
