// A calibration for a terminal: a table per cell, then what can be gated, with which effort and in
// what time, what to do about the rest, and how long a segment should be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/analysis/calibration.h"
#include "harness/analysis/segment_advice.h"

namespace tracetax {

/// What the calibration is held against.
struct GateOutlook {
  GateSpec gate;                                    // of the suite, complete
  std::array<std::string, kEfforts.size()> time{};  // that each effort takes at most, as text
  std::vector<SegmentAdvice> segments;              // by cell of the calibration
};

/// At most `width` columns, at least 60.
[[nodiscard]] std::string write_calibration_text(const Calibration& calibration,
                                                 const GateOutlook& outlook, std::size_t width);

}  // namespace tracetax
