// Names and times for records: a random UUID for a run, UTC times as RFC 3339 texts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace tracetax {

/// A version 4 UUID from the system's entropy, lower case.
[[nodiscard]] std::string make_uuid();

/// "2024-02-29T23:59:59.123Z"
[[nodiscard]] std::string utc_stamp(std::chrono::system_clock::time_point time);
[[nodiscard]] std::string utc_stamp_now();

}  // namespace tracetax
