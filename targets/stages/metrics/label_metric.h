// Stage `metric` with labels: a histogram of durations, and a counter of requests, by values of the
// request (label_histogram.h). go-zero: path, method, code and both; Dapr: method and status, as
// OpenCensus has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

/// `path` is the route's pattern, never the client's text; unknown routes share one.
enum class MetricLabel { path, method, code };

struct LabelMetricSpec {
  std::vector<MetricLabel> labels{MetricLabel::path, MetricLabel::method, MetricLabel::code};
  std::vector<double> bounds{5, 10, 25, 50, 100, 250, 500, 750, 1000};  // milliseconds
  bool counts = true;  // a counter with the same labels beside the histogram
};
[[nodiscard]] StagePointer make_stage(const LabelMetricSpec& spec);

}  // namespace tracetax
