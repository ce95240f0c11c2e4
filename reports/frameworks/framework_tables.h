// The framework tables, a function each: rows of one kind in, table out. Real and emulated targets
// have tables and ranks of their own, and the head of a table says which it is. Beside every number
// of an emulation stands how far it is from the real one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "reports/frameworks/framework_rows.h"
#include "reports/tables/table.h"
#include "reports/words/language.h"

namespace tracetax {

/// What tracing costs in CPU per request: untraced, a, b, and all of tracing in the arm that
/// samples most, which alone has its interval here. Cheapest first.
[[nodiscard]] Table cost_table(const RunResult& result, const FrameworkRows& rows,
                               Language language);

/// The same for a terminal of 80 columns: "4 of 9" is what has too few blocks. `rows` is not empty.
[[nodiscard]] Table short_cost_table(const RunResult& result, const FrameworkRows& rows);

/// QPS (the capacity) with its interval, response p50 and p99, CPU and memory, all with tracing
/// off. Fastest first.
[[nodiscard]] Table speed_table(const FrameworkRows& rows, Language language);

/// How much QPS each traced arm takes. Those that lose least where most is sampled first.
[[nodiscard]] Table capacity_table(const RunResult& result, const FrameworkRows& rows,
                                   Language language);

/// Response p99 and peak memory untraced and in the arm that samples most.
[[nodiscard]] Table tail_table(const RunResult& result, const FrameworkRows& rows,
                               Language language);

/// Spans per request, attributes, events and bytes of a span, propagation bytes, voluntary
/// context switches per request. Smallest span first.
[[nodiscard]] Table span_table(const FrameworkRows& rows, Language language);

/// Spans of a request, expected and received, by arm, and who decides what is sampled.
[[nodiscard]] Table spans_by_arm_table(const RunResult& result, const FrameworkRows& rows,
                                       Language language);

/// The line CPU(r) = off + a + b r of every target with all intervals, least b first.
[[nodiscard]] Table line_table(const FrameworkRows& rows, Language language);

/// Protocol, base state, rate, valid segments, program with its versions of every target, in the
/// plan's order.
[[nodiscard]] Table subject_table(const RunResult& result, const FrameworkRows& rows,
                                  Language language);

}  // namespace tracetax
