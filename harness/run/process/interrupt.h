// Ctrl-C and SIGTERM as a counter that loops look at, so that nothing measured is lost: the first
// asks to finish, the second to stop now.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "harness/core/text/error.h"

namespace tracetax {

/// Installs the handlers for SIGINT and SIGTERM (without SA_RESTART: blocking calls return) and
/// ignores SIGPIPE. To be called once, from main, before any thread.
void install_interrupt_handlers();

/// How many SIGINT and SIGTERM have come so far.
[[nodiscard]] const std::atomic<int>& interrupt_count();

/// interrupted (130) or terminated (143), by the first signal; pass if none came.
[[nodiscard]] ExitCode interrupt_exit_code();

}  // namespace tracetax
