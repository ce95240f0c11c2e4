// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/step_response.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tracetax {
namespace {

double mean_rate(std::span<const double> rates) {
  return std::accumulate(rates.begin(), rates.end(), 0.0) / static_cast<double>(rates.size());
}

bool same_rate(double one, double other) { return std::abs(one - other) <= 1e-9 * one; }

}  // namespace

StepResponse step_response(std::span<const double> rates, std::size_t step, double tick_s,
                           double input_ratio) {
  const auto earlier = rates.first(step);
  const auto later = rates.subspan(step);
  const auto settled = later.subspan(later.size() / 2);
  StepResponse response;
  response.before = mean_rate(earlier.subspan(earlier.size() / 2));
  response.after = mean_rate(settled);
  response.gain = std::log(response.after / response.before) / std::log(input_ratio);
  const double way = response.after - response.before;
  std::size_t last_outside = 0;  // counted from 1
  for (std::size_t i = 0; i < later.size(); ++i) {
    if (std::abs(later[i] - response.after) > 0.1 * response.after) last_outside = i + 1;
    if (!same_rate(response.before, response.after)) {
      response.overshoot = std::max(response.overshoot, (later[i] - response.after) / way);
    }
  }
  if (4 * last_outside <= 3 * later.size()) {
    response.settled_after_s = static_cast<double>(last_outside) * tick_s;
  }
  std::size_t changes = 0;
  for (std::size_t i = 1; i < settled.size(); ++i)
    changes += same_rate(settled[i - 1], settled[i]) ? 0U : 1U;
  response.changes_per_min =
      static_cast<double>(changes) * 60 / (static_cast<double>(settled.size() - 1) * tick_s);
  return response;
}

}  // namespace tracetax
