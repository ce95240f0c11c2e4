// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/effect_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tracetax {
namespace {

/// Decimals so that the half-width is worth 2 to 20 of the last digit, between 0 and 4.
int decimals_for(const Interval& interval) {
  const double half_width = (interval.high - interval.low) / 2;
  if (!(half_width > 0)) return 1;
  return std::clamp(static_cast<int>(std::ceil(-std::log10(half_width / 2))), 0, 4);
}

/// No "-0.0": a sign must mean something.
double without_negative_zero(double value, int decimals) {
  const double step = std::pow(10.0, -decimals);
  return std::abs(value) < step / 2 ? 0.0 : value;
}

std::string with_sign(double value, int decimals) {
  return fmt::format("{:+.{}f}", without_negative_zero(value, decimals), decimals);
}

}  // namespace

std::string format_percent(double percent, const Interval& interval) {
  return with_sign(percent, decimals_for(interval)) + " %";
}

std::string format_interval(const Interval& interval) {
  const int decimals = decimals_for(interval);
  return fmt::format("[{}, {}]", with_sign(interval.low, decimals),
                     with_sign(interval.high, decimals));
}

std::string format_effect(double percent, const Interval& interval) {
  return fmt::format("{} {}", format_percent(percent, interval), format_interval(interval));
}

std::string format_amount(double amount, const Interval& interval, std::string_view unit) {
  const int decimals = decimals_for(interval);
  const auto plain = [decimals](double value) {
    return fmt::format("{:.{}f}", without_negative_zero(value, decimals), decimals);
  };
  return fmt::format("{}{}{} [{}, {}]", plain(amount), unit.empty() ? "" : " ", unit,
                     plain(interval.low), plain(interval.high));
}

std::string format_number(double value) {
  if (!std::isfinite(value)) return "-";
  if (value == 0) return "0";
  // Rounded before anything else, so that 99.96 prints as "100" and not as "100.0".
  const double rounded = std::stod(fmt::format("{:.2e}", std::abs(value)));
  const char* sign = value < 0 ? "-" : "";
  if (rounded >= 1e18) return fmt::format("{:.3g}", value);
  if (rounded >= 1000) return sign + format_count(static_cast<unsigned long long>(rounded));
  const int decimals = std::max(0, 2 - static_cast<int>(std::floor(std::log10(rounded))));
  return fmt::format("{}{:.{}f}", sign, rounded, decimals);
}

std::string format_count(unsigned long long value) {
  std::string digits = std::to_string(value);
  for (std::size_t from_end = 3; from_end < digits.size(); from_end += 4) {
    digits.insert(digits.size() - from_end, ",");
  }
  return digits;
}

}  // namespace tracetax
