// The progress line on standard error: redrawn in place on a terminal, a plain line now and then
// elsewhere. Drawn only when the runner says something, which it does not while a segment is
// measured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include "harness/run/runner.h"

namespace tracetax {

/// "block 3/10 · arm on@10% · measure · 9.2 k/s · 1m08s left"; with a cell name in front if there
/// is one.
[[nodiscard]] std::string format_progress(const RunProgress& progress, bool utf8);
/// "8s", "1m08s", "2h05m"
[[nodiscard]] std::string format_time_left(Nanos left);

enum class ProgressStyle { none, terminal, plain };
/// none with --quiet, terminal on a terminal that understands it, else plain.
[[nodiscard]] ProgressStyle progress_style(bool quiet, int fd);
/// Whether LC_ALL, LC_CTYPE or LANG ask for UTF-8.
[[nodiscard]] bool locale_is_utf8();

class ProgressLine {
 public:
  using Clock = std::chrono::steady_clock;

  ProgressLine(std::FILE* out, ProgressStyle style, bool utf8)
      : out_(out), style_(style), utf8_(utf8) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Draws at most four times a second on a terminal, except that the line before a measured phase
  /// is always drawn, as nothing follows for a while; else prints every ten seconds.
  void show(const RunProgress& progress, Clock::time_point now = Clock::now());
  /// Removes the line from a terminal, so that other words can be printed.
  void clear();

 private:
  std::FILE* out_;
  ProgressStyle style_;
  bool utf8_;
  bool drawn_ = false;
  std::optional<Clock::time_point> last_;
};

}  // namespace tracetax
