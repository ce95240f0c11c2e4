// The framework tables, a function each: rows in, table out. Real targets stand above emulated ones
// and have ranks of their own. Beside every number of an emulation stands how far it is from the
// real one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "reports/frameworks/framework_rows.h"
#include "reports/tables/table.h"
#include "reports/words/language.h"

namespace tracetax {

using FrameworkRows = std::vector<FrameworkRow>;

/// The rows that are real, then those that are emulated; a group without rows is left out.
[[nodiscard]] std::vector<FrameworkRows> by_kind(const FrameworkRows& rows);

/// T1 and T2: QPS (the capacity), response p50 and p99, CPU and memory, all with tracing off, and
/// what tracing adds in CPU in the arm that samples most. Fastest first.
[[nodiscard]] Table framework_table(const RunResult& result, const FrameworkRows& rows,
                                    Language language);

/// T5: QPS, response p99 and memory without tracing and in arm `arm`, with the change. Those whose
/// QPS suffers least first.
[[nodiscard]] Table impact_table(const RunResult& result, const FrameworkRows& rows, int arm,
                                 Language language);

/// T8: spans per request, attributes, events and bytes of a span, propagation bytes, voluntary
/// context switches per request. Smallest span first.
[[nodiscard]] Table span_table(const FrameworkRows& rows, Language language);

/// Spans of a request, expected and received, by arm, and who decides what is sampled.
[[nodiscard]] Table spans_by_arm_table(const RunResult& result, const FrameworkRows& rows,
                                       Language language);

/// What stands behind the tables' last sentence: off, a, b and R2 of every target, least b first.
[[nodiscard]] Table cost_table(const FrameworkRows& rows, Language language);

/// Kind, protocol, base state, rate, valid segments, program with its versions of every target, in
/// the plan's order.
[[nodiscard]] Table subject_table(const RunResult& result, const FrameworkRows& rows,
                                  Language language);

/// The traced row of `arm`; null if the target has none.
[[nodiscard]] const ArmRow* traced_in(const FrameworkRow& row, int arm);

}  // namespace tracetax
