// result.json: the record of a run. Everything in RunResult is in it, and reading gives the same
// RunResult back; what else is in it (comparisons, quantiles, totals) is there for other readers
// and is ignored on reading. Its schema is reports/result.schema.json.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"
#include "harness/core/text/error.h"

namespace tracetax {

inline constexpr std::string_view kResultSchema = "tracetax/result";
inline constexpr std::string_view kResultSchemaVersion = "1.0.0";
inline constexpr std::size_t kLargestResult = std::size_t{1} << 30;  // bytes

/// The file's text. One segment, comparison or planned segment per line. A number that is not
/// finite is written as null; invalid UTF-8 as U+FFFD.
[[nodiscard]] std::string write_result_json(const RunResult& result, const Analysis& analysis);

/// Reads what write_result_json wrote, of schema version 1.x: write(read(text)) equals text. A
/// page that carries a record (embedded_record.h) is read like the record. Errors
/// say what is wrong with `file_name` (not a result, cut off at byte N, a wrong version, a wrong
/// field); the code is ExitCode::baseline.
[[nodiscard]] Result<RunResult> read_result_json(std::string_view text, std::string_view file_name);

}  // namespace tracetax
