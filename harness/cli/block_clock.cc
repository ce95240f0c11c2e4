// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/block_clock.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracetax {

std::optional<std::string> BlockClock::why_stop(bool any_measured) {
  const auto now = Clock::now();
  if (any_measured) longest_block_ = std::max<Nanos>(longest_block_, now - block_began_);
  block_began_ = now;
  if (!longest_ || now - began_ + longest_block_ <= *longest_) return std::nullopt;
  return fmt::format("the time of {} is up", format_duration(*longest_));
}

}  // namespace tracetax
