// SPDX-License-Identifier: Apache-2.0
#include "reports/formats/metric_family.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tracetax {
namespace {

std::string escaped_label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return out;
}

}  // namespace

std::string metric_labels_text(const MetricLabels& labels) {
  std::string text;
  for (const auto& [key, label] : labels)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", key, escaped_label(label));
  return text;
}

MetricFamily::MetricFamily(std::string name, std::string_view type, std::string_view unit,
                           std::string_view help)
    : name_(std::move(name)), head_(fmt::format("# TYPE {} {}\n", name_, type)) {
  if (!unit.empty()) head_ += fmt::format("# UNIT {} {}\n", name_, unit);
  if (!help.empty()) head_ += fmt::format("# HELP {} {}\n", name_, help);
  if (type == "counter") name_ += "_total";
}

void MetricFamily::add(const MetricLabels& labels, double value) {
  add_sample(metric_labels_text(labels), value, "");
}

void MetricFamily::add_at(const std::string& labels, double value, double unix_s) {
  add_sample(labels, value, fmt::format(" {:.3f}", unix_s));
}

void MetricFamily::add_sample(const std::string& labels, double value, const std::string& time) {
  if (!std::isfinite(value)) return;
  auto place = std::ranges::find(series_, labels, &std::pair<std::string, std::string>::first);
  if (place == series_.end()) place = series_.insert(series_.end(), {labels, ""});
  place->second += fmt::format("{}{{{}}} {}{}\n", name_, labels, value, time);
}

std::string MetricFamily::text() const {
  if (series_.empty()) return "";
  std::string text = head_;
  for (const auto& [labels, lines] : series_) text += lines;
  return text;
}

}  // namespace tracetax
