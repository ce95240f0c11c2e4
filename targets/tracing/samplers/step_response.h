// What control engineers ask of a controller whose input steps, asked of the rate of a sampler: how
// much it answers, how soon, how far beyond, and whether it ever rests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace tracetax {

struct StepResponse {
  double before = 0;  // mean rate in the second half of the time before the step
  double after = 0;   // the same of the time after it
  /// Per cent of rate for one per cent of input, as a ratio of logarithms: -1 keeps the output
  /// steady when the input is a load, 0 does not answer.
  double gain = 0;
  /// From the step until the rate stays within a tenth of `after`; nothing: it was still outside in
  /// the last quarter of the time.
  std::optional<double> settled_after_s;
  /// How far it went beyond `after`, seen from `before`, as a share of the way between them. 0 if
  /// there is no way.
  double overshoot = 0;
  double changes_per_min = 0;  // in the second half of the time after the step
};

/// `rates` are one per tick, all above 0; the input steps to `input_ratio` times its value (not 1)
/// where tick `step` begins. At least two ticks on each side.
[[nodiscard]] StepResponse step_response(std::span<const double> rates, std::size_t step,
                                         double tick_s, double input_ratio);

}  // namespace tracetax
