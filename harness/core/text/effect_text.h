// Effects as text: a signed percentage never stands without its interval, and has no more digits
// than the interval supports.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tracetax {

struct Interval {
  double low = 0, high = 0;
  double level = 0;  // the exact coverage, e.g. 0.951
};

/// "+31 % [+28, +34]", "+3.2 % [+2.9, +3.5]": as many decimals as the interval's half-width is
/// worth.
[[nodiscard]] std::string format_effect(double percent, const Interval& interval);
/// The two halves of the above, for tables: "+31 %" and "[+28, +34]".
[[nodiscard]] std::string format_percent(double percent, const Interval& interval);
[[nodiscard]] std::string format_interval(const Interval& interval);

/// The same for an amount with a unit, without a sign unless it is negative: "5.61 us
/// [5.32, 5.88]".
[[nodiscard]] std::string format_amount(double amount, const Interval& interval,
                                        std::string_view unit);

/// Three significant digits: "0.0123", "1.23", "12.3", "123", "1,230,000"; "-" if not finite.
[[nodiscard]] std::string format_number(double value);
/// Whole numbers with thousands apart: "1,234,567".
[[nodiscard]] std::string format_count(unsigned long long value);

}  // namespace tracetax
