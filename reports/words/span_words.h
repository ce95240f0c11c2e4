// The walk of the spans and what is wrong on it, as `tracetax doctor --spans` prints them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "harness/core/ledger/span_report.h"

namespace tracetax {

/// A table for each arm, the first leak, and each finding with its cause, what was seen and the
/// remedy; no line longer than `width` columns, which are taken as 60 to 80.
[[nodiscard]] std::string write_span_reports(std::span<const SpanReport> reports, int width);

/// The same for programs: {"arms": [...]}, see docs/spans.md. Ends with a line break.
[[nodiscard]] std::string span_reports_json(std::span<const SpanReport> reports);

}  // namespace tracetax
