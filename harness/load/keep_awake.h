// Keeps the driver's CPU from halting while its worker sleeps a moment: a thread that does nothing,
// at SCHED_IDLE, so that it runs only when nobody else wants the CPU and gives way at once. A
// halted CPU, a virtual one above all, takes 30 us to some milliseconds to come back, at random,
// and timers fire late. Not for a target's CPU: there it was seen to add 70 % to the CPU time that
// the target is charged.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <thread>

namespace tracetax {

/// Runs on the CPUs of the thread that makes it, until it is destroyed.
class KeepAwake {
 public:
  KeepAwake();

 private:
  std::jthread thread_;
};

}  // namespace tracetax
