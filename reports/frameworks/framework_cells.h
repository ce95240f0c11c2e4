// The cells of the framework tables as text: a value with its interval, a change with its interval,
// a range of ranks. "—" was not measured, and is never written as 0. "void" was measured and does
// not count.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/analysis/comparison.h"
#include "harness/analysis/pairs/level.h"
#include "harness/analysis/rank_range.h"
#include "reports/words/language.h"

namespace tracetax {

inline constexpr std::string_view kNotMeasured = "—";

/// "30.1 k/s [29.5, 30.6]"; "30.1 k/s (n=3)" with too few blocks for an interval.
[[nodiscard]] std::string level_cell(Metric metric, const Level& level, Language language);

/// "+31 % [+28, +34]"; "≈0 (±1.2 %)" within noise, where 1.2 is the further end of the interval.
[[nodiscard]] std::string change_cell(const Comparison* change, Language language);

/// "2", "1-3".
[[nodiscard]] std::string rank_cell(const std::optional<RankRange>& rank);

/// "5.61 us [5.32, 5.88]": an amount of CPU time that may be negative.
[[nodiscard]] std::string amount_cell(const std::optional<double>& us,
                                      const std::optional<Interval>& interval);

/// Three significant digits.
[[nodiscard]] std::string number_cell(const std::optional<double>& value);

}  // namespace tracetax
