// Stage `log` of kratos (middleware/logging on log.NewStdLogger): one line of key=value pairs per
// request, the request as text among them, written under the logger's mutex. Belongs behind the
// codec stage.
//
// The caller is a constant, as in json_log.h. Arguments are printed as prototext does for one
// message, without that printer's random extra spaces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

#include "targets/request/stage.h"

namespace tracetax {

struct KeyValueLogSpec {
  std::string_view component = "http";  // or "grpc"
  std::string_view service_name = "bench";
  int fd = STDOUT_FILENO;
};
[[nodiscard]] StagePointer make_stage(const KeyValueLogSpec& spec);

/// The line, newline included. Ids are empty without a span.
[[nodiscard]] std::string format_key_value_line(const Exchange& exchange,
                                                const KeyValueLogSpec& spec,
                                                std::chrono::system_clock::time_point now,
                                                std::chrono::nanoseconds took);

}  // namespace tracetax
