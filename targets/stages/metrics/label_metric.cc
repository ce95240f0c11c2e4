// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/label_metric.h"

#include <fmt/format.h>

#include <chrono>

#include "targets/stages/metrics/label_histogram.h"

namespace tracetax {
namespace {

std::string_view name_of(MetricLabel label) {
  switch (label) {
    case MetricLabel::path:
      return "path";
    case MetricLabel::method:
      return "method";
    case MetricLabel::code:
      return "code";
  }
  return "";
}

class LabelMetricStage final : public Stage {
 public:
  explicit LabelMetricStage(const LabelMetricSpec& spec) : spec_(spec), durations_(spec.bounds) {}

  void handle(Exchange& exchange, Next next) const override {
    const auto start = std::chrono::steady_clock::now();
    next(exchange);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    const fmt::format_int code(exchange.status);
    std::vector<std::string_view> labels;
    labels.reserve(spec_.labels.size());
    for (const MetricLabel label : spec_.labels) {
      labels.push_back(value_of(label, exchange, {code.data(), code.size()}));
    }
    durations_.observe(labels, took.count());
    if (spec_.counts) requests_.observe(labels, 1);
  }

  std::string describe() const override {
    std::string text = fmt::format("metric: histogram of {} buckets{} by", spec_.bounds.size() + 1,
                                   spec_.counts ? " and counter" : "");
    for (const MetricLabel label : spec_.labels) text.append(" ").append(name_of(label));
    return text;
  }

 private:
  static std::string_view value_of(MetricLabel label, const Exchange& exchange,
                                   std::string_view code) {
    switch (label) {
      case MetricLabel::path:
        return exchange.route == nullptr ? std::string_view("unknown") : exchange.route->pattern;
      case MetricLabel::method:
        return exchange.method;
      case MetricLabel::code:
        return code;
    }
    return {};
  }

  LabelMetricSpec spec_;
  mutable LabelHistogram durations_;
  mutable LabelHistogram requests_{{}};
};

}  // namespace

StagePointer make_stage(const LabelMetricSpec& spec) {
  return std::make_unique<LabelMetricStage>(spec);
}

}  // namespace tracetax
