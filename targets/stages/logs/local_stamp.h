// The local time of a log line in RFC 3339, made once per second and thread: the zone rules behind
// localtime_r take a lock of the C library.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <ctime>

namespace tracetax {

struct LocalStamp {
  std::time_t second = -1;
  std::array<char, 24> date{};  // "2026-08-01T12:34:56"
  std::array<char, 8> zone{};   // "+02:00"; UTC is "Z", as Go has it
};

/// Valid until this thread's next call.
[[nodiscard]] const LocalStamp& local_stamp(std::time_t now);

}  // namespace tracetax
