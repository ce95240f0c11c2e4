// SPDX-License-Identifier: Apache-2.0
#include "reports/charts/percentile_curve.h"

#include <cmath>
#include <utility>

namespace tracetax {
namespace {

constexpr int kPointsPerNine = 12;

}  // namespace

PlotSeries percentile_curve(const Histogram& histogram, std::string label, int look, double unit) {
  PlotSeries series{.label = std::move(label), .look = look, .marks = false};
  for (int i = 0;; ++i) {
    const double share = 1 - std::pow(10, -static_cast<double>(i) / kPointsPerNine);
    if (!histogram.supports(share)) return series;
    series.points.push_back({share, histogram.quantile_interpolated(share) * unit});
  }
}

}  // namespace tracetax
