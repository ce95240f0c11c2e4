// The line of a histogram over its percentiles, as HdrHistogram's plotter draws it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/histogram/histogram.h"
#include "reports/charts/xy_plot.h"

namespace tracetax {

/// Twelve points for each nine, as far as ten values lie beyond: what is left moves from run to
/// run. x is the share of the values, y the value times `unit`.
[[nodiscard]] PlotSeries percentile_curve(const Histogram& histogram, std::string label, int look,
                                          double unit = 1);

}  // namespace tracetax
