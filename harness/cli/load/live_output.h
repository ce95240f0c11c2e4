// What `tracetax load` shows while it measures: the live view or one line on a terminal, or a line
// of JSON for each second. From a thread that gives way to everybody.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <thread>

#include "harness/cli/load/live_ticks.h"
#include "harness/cli/load/load_options.h"
#include "harness/load/engine.h"

namespace tracetax {

enum class LiveStyle { none, line, view, json_lines };

/// By the options and the terminal on stderr. The view needs a CPU that no driver thread fills;
/// where this process may use none, it is the line.
[[nodiscard]] LiveStyle live_style(const LoadOptions& options);

/// Shows one phase of `engine`, whose ticks must be kLiveTicks unless the style is none. The thread
/// runs at idle priority: a driver or a server on its CPU does not wait for it, and where there is
/// no CPU time left it draws less often.
class LiveOutput {
 public:
  /// To be made before the phase begins. `options` and `engine` must outlive it.
  LiveOutput(const LoadOptions& options, Engine& engine, LiveStyle style);
  /// Leaves the terminal as it was.
  ~LiveOutput();
  LiveOutput(const LiveOutput&) = delete;
  LiveOutput& operator=(const LiveOutput&) = delete;

  /// The phase is over, `elapsed` after it began: shows what is left. To be called once.
  void finish(Nanos elapsed);

 private:
  void watch(const std::stop_token& done);
  void collect();
  void draw();
  void print_second();

  const LoadOptions& options_;
  Engine& engine_;
  const LiveStyle style_;
  LiveTicks ticks_;
  LiveTotals totals_;
  std::int64_t printed_s_ = 0;  // JSON lines: so many seconds
  bool drawn_ = false;
  std::jthread thread_;
};

}  // namespace tracetax
