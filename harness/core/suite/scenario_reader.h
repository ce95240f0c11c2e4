// The scenarios of a suite: what stands under "scenarios". Part of suite_reader.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

inline constexpr int kMostConnections = 10'000;

/// Reads the object `scenarios` at `pointer`; what is wrong goes to `mistakes`. One with a "matrix"
/// is several of what comes out.
[[nodiscard]] std::vector<ScenarioSpec> read_scenarios(const Json& scenarios,
                                                       const std::string& pointer,
                                                       Mistakes& mistakes);

/// A scenario's "context": the name of a format, or an array of them. Nothing where none is given,
/// and where it is wrong, which is noted.
[[nodiscard]] std::optional<ContextFormats> read_context(JsonFields& fields);

}  // namespace tracetax
