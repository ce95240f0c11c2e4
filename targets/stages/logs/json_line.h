// go-zero's log line: one JSON object with a time stamp, where it was logged, a text, and the
// request's ids; keys in alphabetical order, as encoding/json writes the map that core/logx builds.
// Written by the stages json_log.h and rpc_log.h and by the report of task_metric.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/request/trace_context.h"

namespace tracetax {

struct JsonLine {
  std::chrono::system_clock::time_point time;
  std::string_view caller;  // "handler/loghandler.go:122"
  std::string_view content;
  std::optional<std::chrono::nanoseconds> duration;
  std::string_view level;  // "info", "error", "slow", "stat"
  TraceContext trace;      // invalid: no ids in the line
};

/// Appends the line and its newline to `out`.
void append_json_line(const JsonLine& line, std::string& out);

/// "0.3ms", always in milliseconds with one digit (timex.ReprOfDuration).
[[nodiscard]] std::string format_millis(std::chrono::nanoseconds value);

/// One write(2). Errors are ignored, as log writers do.
void write_line(int fd, std::string_view line);

}  // namespace tracetax
