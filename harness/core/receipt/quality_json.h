// Trace quality as JSON and back: a part of the receipt. The keys are the struct's field names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/core/receipt/trace_quality.h"

namespace tracetax {

/// The counts that say how much was judged, and of the others those that are not 0.
[[nodiscard]] nlohmann::ordered_json quality_to_json(const TraceQuality& quality);

/// Reads what quality_to_json wrote; unknown keys are ignored. False: it is something else.
[[nodiscard]] bool quality_from_json(const nlohmann::ordered_json& json, TraceQuality& out);

}  // namespace tracetax
