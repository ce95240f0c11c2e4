// SPDX-License-Identifier: Apache-2.0
#include "harness/load/keep_awake.h"

#include <sched.h>

namespace tracetax {

KeepAwake::KeepAwake()
    : thread_([](const std::stop_token& stop) {
        const sched_param none{};
        // A thread that cannot be made one that gives way must not run.
        if (sched_setscheduler(0, SCHED_IDLE, &none) != 0) return;
        // No pause instruction: hypervisors take a loop of them for a spinlock and stop the CPU.
        while (!stop.stop_requested()) {
        }
      }) {}

}  // namespace tracetax
