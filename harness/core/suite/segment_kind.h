// The kinds of segments that a design may ask for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tracetax {

enum class SegmentKind { open, capacity };  // open loop at the offered rate; closed loop

[[nodiscard]] constexpr std::string_view name_of(SegmentKind kind) {
  return kind == SegmentKind::open ? "open" : "capacity";
}

}  // namespace tracetax
