// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/histogram_instrument.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <variant>

namespace tracetax {
namespace {

void combine(std::size_t& hash, std::size_t more) {
  hash ^= more + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
}

const Attributes& overflow_set() {
  static const Attributes set{{"otel.metric.overflow", true}};
  return set;
}

}  // namespace

std::size_t HistogramInstrument::SetHash::operator()(const Attributes& set) const {
  std::size_t hash = 0;
  for (const Attribute& attribute : set) {
    combine(hash, std::hash<std::string_view>{}(attribute.key));
    combine(hash, std::hash<AttributeValue>{}(attribute.value));
  }
  return hash;
}

void HistogramInstrument::record(double value, const Attributes& set) {
  const auto bound = std::ranges::lower_bound(kBounds, value);
  const auto bucket = static_cast<std::size_t>(bound - kBounds.begin());
  const std::scoped_lock lock(mutex_);
  auto found = points_.find(set);
  if (found == points_.end()) {
    const Attributes& key = points_.size() < kSetsMax - 1 ? set : overflow_set();
    found = points_.try_emplace(key).first;
    found->second.set = key;
  }
  Point& point = found->second;
  ++point.buckets[bucket];
  point.sum += value;
  point.min = point.count == 0 ? value : std::min(point.min, value);
  point.max = point.count == 0 ? value : std::max(point.max, value);
  ++point.count;
}

std::vector<HistogramInstrument::Point> HistogramInstrument::points() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Point> all;
  for (const auto& [set, point] : points_) all.push_back(point);
  return all;
}

std::unique_ptr<Instrument> make_histogram_instrument() {
  return std::make_unique<HistogramInstrument>();
}

}  // namespace tracetax
