// Stage `log`: gin's access log, one line of text per request, one write(2) per line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <chrono>
#include <ctime>
#include <string>

#include "targets/request/stage.h"

namespace tracetax {

struct TextLogSpec {
  int fd = STDOUT_FILENO;  // write errors are ignored, as log writers do
};
[[nodiscard]] StagePointer make_stage(const TextLogSpec& spec);

/// As Go prints a time.Duration: "850ns", "12.345µs", "1.5ms", "2s".
[[nodiscard]] std::string format_go_duration(std::chrono::nanoseconds value);

/// The line, newline included; control characters in the path are escaped.
[[nodiscard]] std::string format_gin_line(const Exchange& exchange, std::time_t now,
                                          std::chrono::nanoseconds took);

}  // namespace tracetax
