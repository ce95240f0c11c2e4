// How warm a segment's target was, as members of the segment: each is there only if it is known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/json/json_fields.h"
#include "harness/core/run_result.h"

namespace tracetax {

void add_warmth(const SegmentRecord& segment, Json& json);
/// Mistakes go to `fields`.
void read_warmth(JsonFields& fields, SegmentRecord& segment);

}  // namespace tracetax
