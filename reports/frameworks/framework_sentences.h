// What the framework tables come to, and what explains their order, in plain sentences. Every one
// is computed: which of two measured things go together is said by Kendall's tau and its
// probability, never by a stock phrase. Rows are of one kind, real or emulated.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/frameworks/framework_rows.h"
#include "reports/words/language.h"

namespace tracetax {

/// What somebody takes away who reads nothing else, of real and emulated rows: cost and what it is
/// made of.
[[nodiscard]] std::vector<std::string> framework_headlines(const FrameworkRows& rows,
                                                           Language language);
/// Noise, and how much of the run is valid.
[[nodiscard]] std::vector<std::string> framework_trust(const RunResult& result,
                                                       const Analysis& analysis, Language language);

/// Do the untraced CPU and the bytes of spans explain the overhead in percent?
[[nodiscard]] std::vector<std::string> explain_cost(const FrameworkRows& rows, Language language);

/// Do CPU per request and hand-offs explain the QPS? And CPU by protocol, where there are several.
/// Allocations are not measured, so nothing is said of them.
[[nodiscard]] std::vector<std::string> explain_speed(const FrameworkRows& rows, Language language);

/// Does the CPU that tracing adds explain the QPS that it takes?
[[nodiscard]] std::vector<std::string> explain_capacity(const FrameworkRows& rows,
                                                        Language language);

/// Does b follow the bytes of a span, of all spans of a request, or the context switches that
/// tracing adds? Is the cost a line over the sampling rate?
[[nodiscard]] std::vector<std::string> explain_line(const FrameworkRows& rows, Language language);

}  // namespace tracetax
