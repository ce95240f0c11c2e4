// Times of a run: texts of RFC 3339 as seconds, and how long it took.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/run_result.h"

namespace tracetax {

/// Seconds since the Unix epoch of "2025-11-20T18:00:00.000Z"; 0 for anything else.
[[nodiscard]] double unix_seconds(std::string_view time);

/// From the start to the end of the run. For a run that still lasts or was cut off: to the end of
/// its last segment. Nothing where the times are not known.
[[nodiscard]] std::optional<double> run_seconds(const RunResult& result);

/// "3.4 min", "48 s"; empty where it is not known.
[[nodiscard]] std::string run_time_text(const RunResult& result);

}  // namespace tracetax
