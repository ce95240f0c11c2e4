// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/metric.h"

#include <string>
#include <vector>

#include "harness/core/text/suggest.h"

namespace tracetax {

std::string_view name_of(Metric metric) {
  switch (metric) {
    case Metric::cpu_per_request:
      return "cpu_per_request";
    case Metric::response_p50:
      return "response_p50";
    case Metric::response_p99:
      return "response_p99";
    case Metric::capacity:
      return "capacity";
    case Metric::rss_peak:
      return "rss_peak";
  }
  return "";
}

std::string_view unit_of(Metric metric) {
  switch (metric) {
    case Metric::cpu_per_request:
      return "us";
    case Metric::response_p50:
    case Metric::response_p99:
      return "ns";
    case Metric::capacity:
      return "1/s";
    case Metric::rss_peak:
      return "bytes";
  }
  return "";
}

std::string_view label_of(Metric metric) {
  switch (metric) {
    case Metric::cpu_per_request:
      return "CPU per request";
    case Metric::response_p50:
      return "response p50";
    case Metric::response_p99:
      return "response p99";
    case Metric::capacity:
      return "capacity";
    case Metric::rss_peak:
      return "peak memory";
  }
  return "";
}

std::string_view short_name_of(Metric metric) {
  switch (metric) {
    case Metric::cpu_per_request:
      return "cpu";
    case Metric::response_p50:
      return "p50";
    case Metric::response_p99:
      return "p99";
    case Metric::capacity:
      return "capacity";
    case Metric::rss_peak:
      return "memory";
  }
  return "";
}

Result<Metric> parse_metric(std::string_view name) {
  std::vector<std::string> names;
  for (const Metric metric : kMetrics) {
    if (name == name_of(metric) || name == short_name_of(metric)) return metric;
    names.emplace_back(short_name_of(metric));
  }
  return failure(ExitCode::usage, unknown_name("metric", name, names));
}

bool higher_is_better(Metric metric) { return metric == Metric::capacity; }

}  // namespace tracetax
