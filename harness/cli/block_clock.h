// --max-time: no block begins that would end later.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "harness/core/text/units.h"

namespace tracetax {

/// Time counts from when it is made.
class BlockClock {
 public:
  explicit BlockClock(std::optional<Nanos> longest) : longest_(longest) {}

  /// To be asked before every block: why it may not begin, or nothing. A block is taken to last as
  /// long as the longest before it. `any_measured`: whether there was one.
  [[nodiscard]] std::optional<std::string> why_stop(bool any_measured);

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<Nanos> longest_;
  Clock::time_point began_ = Clock::now(), block_began_ = began_;
  Nanos longest_block_{0};
};

}  // namespace tracetax
