// What `tracetax load` says about a finished phase: as text, as JSON, and the doubts as a list.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/cli/load/load_options.h"
#include "harness/load/engine.h"

namespace tracetax {

/// Whether nothing was answered as expected, or more failed than --max-errors allows.
[[nodiscard]] bool failed_too_often(const LoadOptions& options, const LoadResult& result);

/// Reasons not to believe the numbers as they stand, each with what to do. Empty: none.
[[nodiscard]] std::vector<std::string> load_warnings(const LoadOptions& options,
                                                     const LoadResult& result,
                                                     bool interrupted = false);

/// "open loop, 10 k/s constant".
[[nodiscard]] std::string loop_words(const LoadOptions& options);

/// For people; at most 80 columns wide.
[[nodiscard]] std::string load_text(const LoadOptions& options, const LoadResult& result,
                                    bool interrupted = false);

/// One JSON object. Times in ns, rates in requests/s; a quantile with fewer than ten values beyond
/// it is null.
[[nodiscard]] std::string load_json(const LoadOptions& options, const LoadResult& result,
                                    bool interrupted = false);

}  // namespace tracetax
