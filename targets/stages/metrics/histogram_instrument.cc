// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/histogram_instrument.h"

#include <algorithm>

namespace tracetax {
namespace {

const AttributeSet& overflow_set() {
  static const AttributeSet set(Attributes{{"otel.metric.overflow", true}});
  return set;
}

}  // namespace

void HistogramInstrument::record(double value, const AttributeSet& set) {
  const auto bound = std::ranges::lower_bound(kBounds, value);
  const auto bucket = static_cast<std::size_t>(bound - kBounds.begin());
  const std::scoped_lock lock(mutex_);
  auto found = points_.find(set.hash());
  if (found == points_.end()) {
    const AttributeSet& kept = points_.size() < kSetsMax - 1 ? set : overflow_set();
    found = points_.try_emplace(kept.hash()).first;
    found->second.set = kept.all();
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
