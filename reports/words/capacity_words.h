// What full speed says: the other end of the load from the offered rate.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// The same comparison in time per request, 1 / capacity: -42 % of the capacity is +72 % time.
/// Unchanged where it has no number.
[[nodiscard]] Comparison in_time_per_request(Comparison capacity);

/// Of one cell with a closed loop, a sentence each: the time per request of the dearest arm, what
/// the limit was, and which arms lost spans, which makes their capacity look better than it is.
[[nodiscard]] std::vector<std::string> capacity_words(const RunResult& result,
                                                      const Analysis& analysis, int cell);

}  // namespace tracetax
