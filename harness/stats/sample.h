// Summaries of a sample of numbers, which must be finite.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace tracetax {

[[nodiscard]] bool all_finite(std::span<const double> values);

/// The middle value, or the mean of the two middle ones. Nothing for an empty input.
[[nodiscard]] std::optional<double> median(std::vector<double> values);
/// Nothing for an empty input.
[[nodiscard]] std::optional<double> mean(std::span<const double> values);
/// The sample's standard deviation (divided by n - 1). Nothing for fewer than two values.
[[nodiscard]] std::optional<double> standard_deviation(std::span<const double> values);
/// Correlation of each value with the next one, about the common mean (the usual estimate of a time
/// series' lag-1 autocorrelation). Nothing for fewer than three values, or if all are equal.
[[nodiscard]] std::optional<double> lag1_autocorrelation(std::span<const double> values);

}  // namespace tracetax
