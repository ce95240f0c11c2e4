// One segment: an arm once, on a fresh target. Launch, check, warm up, settle, measure, drain,
// stop, receipt, validity. What goes wrong voids the segment and is written into its record; it is
// never an error of the run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/run/segment_context.h"

namespace tracetax {

/// Runs segments of one block and kind that take turns. All targets are up and warm. The load goes
/// to one of them at a time, slice by slice, in a fresh random order every round (slice_order). A
/// single segment is measured in one piece. Who waits is stopped (SIGSTOP), so a target's CPU time
/// is what it used in its own slices and in the drains, when all run. Records come in the order of
/// `specs`. If any of them has VoidRule::interrupted, all were abandoned and are of no use.
[[nodiscard]] std::vector<SegmentRecord> run_segments(std::span<const SegmentSpec> specs,
                                                      const SegmentContext& context);

/// A pilot for suites that leave turns open: `off` twice, in turns. Nothing if it could not be
/// measured.
[[nodiscard]] std::optional<SliceChoice> run_slice_pilot(const SegmentContext& context,
                                                         std::uint64_t seed);

}  // namespace tracetax
