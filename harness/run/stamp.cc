// SPDX-License-Identifier: Apache-2.0
#include "harness/run/stamp.h"

#include <fmt/format.h>
#include <time.h>

#include <cstdint>
#include <random>

namespace tracetax {

std::string make_uuid() {
  std::random_device entropy;
  const auto draw = [&] { return static_cast<std::uint32_t>(entropy()); };
  const std::uint32_t versioned = (draw() & 0xffff0fffU) | 0x4000U;
  const std::uint32_t variant = (draw() & 0x3fffffffU) | 0x80000000U;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", draw(), versioned >> 16,
                     versioned & 0xffffU, variant >> 16, variant & 0xffffU, draw());
}

std::string utc_stamp(std::chrono::system_clock::time_point time) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch - seconds).count();
  const time_t whole = seconds.count();
  tm parts{};
  gmtime_r(&whole, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     millis);
}

std::string utc_stamp_now() { return utc_stamp(std::chrono::system_clock::now()); }

}  // namespace tracetax
