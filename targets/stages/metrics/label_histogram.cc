// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/label_histogram.h"

#include <algorithm>
#include <mutex>

namespace tracetax {
namespace {

/// FNV-1a, each value followed by a byte that text does not hold.
std::uint64_t hash_of(std::span<const std::string_view> labels) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 1099511628211ULL; };
  for (const std::string_view label : labels) {
    for (const char c : label) add(static_cast<unsigned char>(c));
    add(0xff);
  }
  return hash;
}

}  // namespace

LabelSeries::LabelSeries(std::span<const std::string_view> values, std::size_t buckets)
    : values_(values.begin(), values.end()), buckets_(buckets) {}

bool LabelSeries::is(std::span<const std::string_view> values) const {
  return std::ranges::equal(values_, values);
}

void LabelSeries::observe(std::size_t bucket, double value) {
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

void LabelHistogram::observe(std::span<const std::string_view> labels, double value) {
  const std::uint64_t hash = hash_of(labels);
  LabelSeries* series = find(hash, labels);
  if (series == nullptr) series = make(hash, labels);
  if (series == nullptr) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const auto bound = std::ranges::lower_bound(bounds_, value);
  series->observe(static_cast<std::size_t>(bound - bounds_.begin()), value);
}

LabelSeries* LabelHistogram::find(std::uint64_t hash,
                                  std::span<const std::string_view> labels) const {
  const std::shared_lock lock(mutex_);
  const auto [first, last] = series_.equal_range(hash);
  const auto found =
      std::find_if(first, last, [&](const auto& entry) { return entry.second->is(labels); });
  return found == last ? nullptr : found->second.get();
}

LabelSeries* LabelHistogram::make(std::uint64_t hash, std::span<const std::string_view> labels) {
  const std::unique_lock lock(mutex_);
  const auto [first, last] = series_.equal_range(hash);
  for (auto entry = first; entry != last; ++entry) {
    if (entry->second->is(labels)) return entry->second.get();  // another thread was first
  }
  if (series_.size() >= kSeriesMax) return nullptr;
  auto made = std::make_unique<LabelSeries>(labels, bounds_.size() + 1);
  return series_.emplace(hash, std::move(made))->second.get();
}

std::vector<const LabelSeries*> LabelHistogram::series() const {
  const std::shared_lock lock(mutex_);
  std::vector<const LabelSeries*> all;
  for (const auto& [hash, series] : series_) all.push_back(series.get());
  return all;
}

}  // namespace tracetax
