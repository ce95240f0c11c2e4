// The units of metrics: how values are printed and how amounts are read. What a program prints of a
// metric follows from its unit.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"

namespace tracetax {

/// A multiple of a unit, as people read it: of microseconds, {1e3, "ms"}.
struct UnitStep {
  double size = 1;
  std::string_view name;
};

struct MetricUnit {
  std::string_view name;                // as result.json has it: "us"
  std::span<const UnitStep> steps;      // the smallest first
  std::string (*format)(double value);  // "18.1 us", "1.2 ms"
  /// Of amounts in budgets, and back. None: budgets are percentages only.
  Result<double> (*parse)(std::string_view text) = nullptr;
  std::string (*format_exact)(double value) = nullptr;

  [[nodiscard]] double in_smallest(double value) const { return value / steps.front().size; }
};

namespace units {
extern const MetricUnit microseconds, nanoseconds, per_second, bytes, count;
}

/// The largest step that `value` is at least one of, or else the smallest.
[[nodiscard]] const UnitStep& fitting_step(std::span<const UnitStep> steps, double value);

}  // namespace tracetax
