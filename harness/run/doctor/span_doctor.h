// Where the spans of a suite's targets go: one or more short starts of every traced arm, and what
// is wrong. See docs/spans.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/ledger/span_report.h"
#include "harness/run/runner.h"

namespace tracetax {

/// Of all starts together.
inline constexpr Nanos kLongestSpanLook{std::chrono::seconds{30}};

/// One report for each traced arm that is started in a way of its own; arms that differ in their
/// rate alone are one. `found_out`: how many spans a request leaves is not the suite's word, and is
/// found out. Error as from execute(); (interrupted) if it was ended so; (invalid) if there is no
/// traced arm.
[[nodiscard]] Result<std::vector<SpanReport>> examine_spans(const Suite& suite,
                                                            const RunnerOptions& options,
                                                            bool found_out);

}  // namespace tracetax
