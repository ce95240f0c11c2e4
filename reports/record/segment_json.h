// One segment, planned or measured, as JSON and back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/json/json_fields.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// The place of a segment in the plan: cell, block, pos, arm (by name), kind, seeds.
[[nodiscard]] Json spec_to_json(const SegmentSpec& spec, const Suite& suite);
/// Reads it against the suite (arm names) and the number of cells; whatever does not fit is a
/// mistake.
[[nodiscard]] SegmentSpec read_spec(JsonFields& fields, const Suite& suite, std::size_t cells);

[[nodiscard]] Json segment_to_json(const SegmentRecord& segment, const Suite& suite);
[[nodiscard]] SegmentRecord read_segment(JsonFields& fields, const Suite& suite, std::size_t cells);

}  // namespace tracetax
