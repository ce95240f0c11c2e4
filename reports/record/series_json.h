// The series of a segment inside result.json: one list for each column, numbers with three digits,
// for there may be thousands. About 35 bytes a tick.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/json/json_fields.h"
#include "harness/core/run_result.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// Columns of which nothing is known are left out, and so are errors where there are none and
/// times where the ticks follow one another.
[[nodiscard]] Json series_to_json(const SegmentSeries& series);

/// The series in field `key`; empty if there is none, as in results of versions before it. Mistakes
/// go to `fields`.
[[nodiscard]] SegmentSeries read_series(JsonFields& fields, std::string_view key);

}  // namespace tracetax
