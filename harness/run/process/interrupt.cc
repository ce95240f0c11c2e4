// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/interrupt.h"

#include <csignal>

namespace tracetax {
namespace {

std::atomic<int> count{0};
std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "written by a signal handler");

void on_signal(int signal) {
  int none = 0;
  first_signal.compare_exchange_strong(none, signal);
  count.fetch_add(1);
}

}  // namespace

void install_interrupt_handlers() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

const std::atomic<int>& interrupt_count() { return count; }

ExitCode interrupt_exit_code() {
  switch (first_signal.load()) {
    case SIGINT:
      return ExitCode::interrupted;
    case SIGTERM:
      return ExitCode::terminated;
    default:
      return ExitCode::pass;
  }
}

}  // namespace tracetax
