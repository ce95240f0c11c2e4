// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/metric.h"

#include <algorithm>
#include <string>
#include <vector>

#include "harness/core/text/suggest.h"

namespace tracetax {

std::strong_ordering operator<=>(Metric left, Metric right) {
  const auto place = [](Metric metric) { return std::ranges::find(all_metrics(), metric); };
  return place(left) - place(right) <=> 0;
}

Result<Metric> parse_metric(std::string_view name) {
  std::vector<std::string> names;
  for (const Metric metric : all_metrics()) {
    if (name == name_of(metric) || name == short_name_of(metric)) return metric;
    names.emplace_back(short_name_of(metric));
  }
  return failure(ExitCode::usage, unknown_name("metric", name, names));
}

}  // namespace tracetax
