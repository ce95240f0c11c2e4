// What explains the order of a framework table, in plain sentences. Every one is computed: which of
// two measured things go together is said by Kendall's tau and its probability, never by a stock
// phrase.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/frameworks/framework_tables.h"

namespace tracetax {

/// T1 and T2: does CPU per request explain the QPS, and the untraced CPU the overhead in percent?
[[nodiscard]] std::vector<std::string> explain_order(const FrameworkRows& rows, Language language);

/// T5: does the CPU that tracing adds explain the QPS that it takes?
[[nodiscard]] std::vector<std::string> explain_impact(const FrameworkRows& rows, int arm,
                                                      Language language);

/// T8: does b follow the bytes of a span, and of all spans of a request? Is the cost a line over
/// the sampling rate (R2 >= 0.95)?
[[nodiscard]] std::vector<std::string> explain_spans(const FrameworkRows& rows, Language language);

}  // namespace tracetax
