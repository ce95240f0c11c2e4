// What Go's runtime does around requests, whatever the framework: the scheduler looks at the
// network before it blocks on it, and a monitor thread wakes, sleeps and looks at the processors as
// long as any of them works. Pinned to one CPU that thread is a quarter of a small request's cost.
// Source: runtime/proc.go of Go 1.26, findRunnable, entersyscall and sysmon; Go calls a loop a P.
// Its garbage collector is not modelled, nor that a P is taken away from a thread in a long system
// call.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace tracetax {

class GoRuntime {
 public:
  /// `loops` that run as long as this lives; the monitor's thread starts at once.
  explicit GoRuntime(unsigned loops);
  ~GoRuntime();
  GoRuntime(const GoRuntime&) = delete;
  GoRuntime& operator=(const GoRuntime&) = delete;

  /// The calling loop is about to block on the network (pidleput), or is back from there.
  void go_idle() noexcept { idle_.fetch_add(1, std::memory_order_acq_rel); }
  void go_on() noexcept { idle_.fetch_sub(1, std::memory_order_acq_rel); }

  /// Before a system call of a request (entersyscall): wakes the monitor if it waits for that.
  void enter_system_call() noexcept {
    if (waiting_.load(std::memory_order_acquire) != 0) wake();
  }

 private:
  void monitor();
  void wake() noexcept;
  bool wait() noexcept;

  const unsigned loops_;
  std::atomic<unsigned> idle_ = 0;
  std::atomic<std::uint32_t> waiting_ = 0;  // a futex: 1 while the monitor waits
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // last
};

}  // namespace tracetax
