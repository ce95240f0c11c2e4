// `tracetax load --json-lines`: a second of a phase as one JSON object.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/load/ticks/tick.h"

namespace tracetax {

/// Seconds since the phase began; `to` is later than `from`.
struct Stretch {
  double from_s = 0, to_s = 0;
};

/// One line, with its end: {"type":"second","from_s":..,"to_s":..,"rate":..,"ok":..,"errors":{..},
/// "late":..,"response_ns":{"p50":..,"p90":..,"p99":..,"max":..},"lag_p99_ns":..}. A quantile with
/// fewer than ten values beyond it is null.
[[nodiscard]] std::string second_line(const LoadTick& second, const Stretch& when);

/// The last line: what --json prints, with "type":"summary" in front.
[[nodiscard]] std::string summary_line(const std::string& load_json);

}  // namespace tracetax
