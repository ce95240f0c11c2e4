// What explains the order of a framework table, in plain sentences. Every one is computed: which of
// two measured things go together is said by Kendall's tau and its probability, never by a stock
// phrase.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/frameworks/framework_tables.h"

namespace tracetax {

/// T1 and T2: do CPU per request and hand-offs explain the QPS, the untraced CPU and the bytes of
/// spans the overhead in percent? And CPU by protocol, where there are several. Allocations are not
/// measured, so nothing is said of them.
[[nodiscard]] std::vector<std::string> explain_order(const FrameworkRows& rows, Language language);

/// T5: does the CPU that tracing adds explain the QPS that it takes?
[[nodiscard]] std::vector<std::string> explain_impact(const FrameworkRows& rows, int arm,
                                                      Language language);

/// T8: does b follow the bytes of a span, of all spans of a request, or the context switches that
/// tracing adds? Is the cost a line over the sampling rate?
[[nodiscard]] std::vector<std::string> explain_spans(const FrameworkRows& rows, Language language);

}  // namespace tracetax
