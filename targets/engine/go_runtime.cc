// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/go_runtime.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>

namespace tracetax {
namespace {

using std::chrono::microseconds;

constexpr microseconds kShortest{20};
constexpr microseconds kLongest{10'000};
constexpr int kEagerRounds = 50;  // with nothing to do, before the sleep doubles each time
constexpr timespec kForcedCollection{60, 0};  // the longest wait: half of forcegcperiod

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* timeout) noexcept {
  return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG,
                 value, timeout, nullptr, 0);
}

}  // namespace

GoRuntime::GoRuntime(unsigned loops) : loops_(loops), thread_([this] { monitor(); }) {}

GoRuntime::~GoRuntime() {
  stopping_ = true;
  wake();
  thread_.join();
}

void GoRuntime::wake() noexcept {
  if (waiting_.exchange(0) != 0) futex(waiting_, FUTEX_WAKE, 1, nullptr);
}

// True: somebody works again.
bool GoRuntime::wait() noexcept {
  waiting_ = 1;
  while (waiting_ != 0 && !stopping_) {
    if (futex(waiting_, FUTEX_WAIT, 1, &kForcedCollection) != 0 && errno == ETIMEDOUT) break;
  }
  return waiting_.exchange(0) == 0;
}

void GoRuntime::monitor() {
  microseconds delay = kShortest;
  int idle_rounds = 0;
  while (!stopping_) {
    if (idle_rounds == 0) {
      delay = kShortest;
    } else if (idle_rounds > kEagerRounds) {
      delay = std::min(delay * 2, kLongest);
    }
    std::this_thread::sleep_for(delay);
    if (idle_.load(std::memory_order_acquire) == loops_ && wait()) {
      idle_rounds = 0;
      delay = kShortest;
    }
    ++idle_rounds;
  }
}

}  // namespace tracetax
