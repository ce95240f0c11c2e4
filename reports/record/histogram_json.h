// Histograms inside result.json: the HdrHistogram V2 form for other tools, and beside it the exact
// extremes, which that form does not carry.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "harness/core/histogram/histogram.h"
#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

[[nodiscard]] Json histogram_to_json(const Histogram& histogram);

/// The histogram in field `key`; a missing or wrong one is a mistake.
[[nodiscard]] Histogram read_histogram(JsonFields& fields, std::string_view key);

/// {"p50": ..., "p90": ..., "p99": ..., "p99.9": ..., "max": ..., "mean": ...} in ns, null where
/// fewer than ten values lie beyond the quantile. For other readers: never read back.
[[nodiscard]] Json quantiles_to_json(const Histogram& histogram);

}  // namespace tracetax
