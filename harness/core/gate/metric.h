// The metrics that are compared between arms. What one is stands in its own file in
// harness/core/metric; here is only what such a file says, so that suites can name metrics without
// seeing what is measured. The value of one in a segment: metric_value.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string_view>

#include "harness/core/gate/metric_unit.h"
#include "harness/core/gate/segment_kind.h"
#include "harness/core/text/error.h"

namespace tracetax {

struct Design;         // suite.h
struct SegmentRecord;  // run_result.h

/// How much an arm may cost against `off`: the larger of the two.
struct Budget {
  std::optional<double> pct;       // 5 = 5 %
  std::optional<double> absolute;  // in the metric's unit
  friend bool operator==(const Budget&, const Budget&) = default;
};

/// How a metric is judged where a suite says nothing about judging.
struct DefaultBudget {
  bool required = false;
  Budget budget;
};

struct MetricDefinition {
  std::string_view id;          // "cpu_per_request": in files
  std::string_view short_name;  // "cpu": in budgets
  std::string_view label;       // "CPU per request": in reports
  const MetricUnit& unit;
  bool higher_is_better = false;
  SegmentKind kind = SegmentKind::open;  // of the segments that it is read from
  /// From a valid segment of that kind; nothing if it was not measured or is not supported.
  std::optional<double> (*read)(const SegmentRecord& segment);
  std::string_view lacking;  // why a valid segment may have no value, and what to do about it
  /// Empty if a run of this design measures it; else why not, and what to do about it. None: every
  /// run does.
  std::string_view (*why_not_measured)(const Design& design) = nullptr;
  /// What explains the others: not in the table of the terminal, and left out altogether where no
  /// segment of a run has it.
  bool is_detail = false;
  bool may_be_gated = true;  // false: reported, and never a reason to fail
  double margin_pct = 3;     // how much worse than an earlier revision is still tolerated
  std::optional<DefaultBudget> default_budget{};  // none: judged only if a suite says so
};

namespace metrics {
extern const MetricDefinition cpu_per_request, response_p50, response_p99, capacity, rss_peak;
}

/// One of the catalog, as a value. Ordered as reports have them.
class Metric {
 public:
  constexpr Metric(const MetricDefinition& definition) : definition_(&definition) {}
  [[nodiscard]] constexpr const MetricDefinition* operator->() const { return definition_; }

  friend constexpr bool operator==(Metric, Metric) = default;
  friend std::strong_ordering operator<=>(Metric left, Metric right);

  // Those that other code speaks of by name. A new metric needs no line here.
  static const Metric cpu_per_request, response_p50, response_p99, capacity, rss_peak;

 private:
  const MetricDefinition* definition_;
};
inline constexpr Metric Metric::cpu_per_request{metrics::cpu_per_request};
inline constexpr Metric Metric::response_p50{metrics::response_p50};
inline constexpr Metric Metric::response_p99{metrics::response_p99};
inline constexpr Metric Metric::capacity{metrics::capacity};
inline constexpr Metric Metric::rss_peak{metrics::rss_peak};

/// In the order of reports: the headline first.
[[nodiscard]] std::span<const Metric> all_metrics();

[[nodiscard]] inline std::string_view name_of(Metric metric) { return metric->id; }
[[nodiscard]] inline std::string_view short_name_of(Metric metric) { return metric->short_name; }
[[nodiscard]] inline std::string_view label_of(Metric metric) { return metric->label; }
[[nodiscard]] inline std::string_view unit_of(Metric metric) { return metric->unit.name; }
[[nodiscard]] inline bool higher_is_better(Metric metric) { return metric->higher_is_better; }

/// By id or short name. Usage error with a did-you-mean.
[[nodiscard]] Result<Metric> parse_metric(std::string_view name);

}  // namespace tracetax
