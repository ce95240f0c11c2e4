// The cells of the framework tables as text: a value with its interval, a change with its interval,
// a range of ranks. What has no number says why, in words, and is never written as 0.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/analysis/comparison.h"
#include "harness/analysis/pairs/level.h"
#include "harness/analysis/rank_range.h"
#include "reports/words/language.h"

namespace tracetax {

/// Of `measured` blocks so many gave a value: "not measured" where none was measured, "void (0 of
/// 9)", "too few blocks (4 of 9)".
[[nodiscard]] std::string why_no_number(int blocks, int measured, Language language);

/// "30.1 k/s [29.5, 30.6]"; "30.1 k/s (3 of 8)" with too few blocks for an interval.
[[nodiscard]] std::string level_cell(Metric metric, const Level& level, Language language);

/// "+31 % [+28, +34]"; "~ +1 % [-3, +4]" where it is not told from 0.
[[nodiscard]] std::string change_cell(const Comparison* change, Language language);

/// "5.61 us [5.32, 5.88]": an amount of CPU time, with "~" where the interval holds 0.
[[nodiscard]] std::string amount_cell(double us, const Interval& interval);

/// The two halves of a cell: "+31 %" and "[+28, +34]"; the second is empty where there is none.
[[nodiscard]] std::string value_in(const std::string& cell);
[[nodiscard]] std::string interval_in(const std::string& cell);

/// "2", "1-3", "none".
[[nodiscard]] std::string rank_cell(const std::optional<RankRange>& rank, Language language);

/// Three significant digits, or "not known".
[[nodiscard]] std::string number_cell(const std::optional<double>& value, Language language);

/// "4.5 k/s"; "not known" where it is 0.
[[nodiscard]] std::string rate_cell(double rate, Language language);

}  // namespace tracetax
