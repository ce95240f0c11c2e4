// A family of OpenMetrics samples: one name, one type, all its samples together, those of one
// series in the order of their times.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tracetax {

using MetricLabels = std::vector<std::pair<std::string_view, std::string>>;

/// `a="b",c="d"`, with what has to be escaped.
[[nodiscard]] std::string metric_labels_text(const MetricLabels& labels);

class MetricFamily {
 public:
  /// `type`: "gauge", "counter", "unknown". A counter's samples have the suffix _total. An empty
  /// `unit` is none; a name ends in its unit.
  MetricFamily(std::string name, std::string_view type, std::string_view unit,
               std::string_view help);

  /// What is not finite is left out. Without a time, where there is one sample of each series.
  void add(const MetricLabels& labels, double value);
  /// `labels` as metric_labels_text() writes them. `unix_s`: not before that of the sample before
  /// it in the same series.
  void add_at(const std::string& labels, double value, double unix_s);

  /// Empty where nothing was added.
  [[nodiscard]] std::string text() const;

 private:
  void add_sample(const std::string& labels, double value, const std::string& time);

  std::string name_, head_;
  std::vector<std::pair<std::string, std::string>> series_;  // labels and lines
};

}  // namespace tracetax
