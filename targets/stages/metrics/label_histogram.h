// A histogram with labels as Prometheus' client for Go keeps it (vec.go, histogram.go): the values
// of the labels are hashed (FNV-1a), a map under a reader's lock gives the series, its bucket is
// found by binary search, and counts and sum are added atomically. Nobody scrapes it here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tracetax {

/// Counts of one set of label values.
class LabelSeries {
 public:
  LabelSeries(std::span<const std::string_view> values, std::size_t buckets);
  [[nodiscard]] bool is(std::span<const std::string_view> values) const;
  void observe(std::size_t bucket, double value);

  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }
  [[nodiscard]] std::uint64_t count(std::size_t bucket) const {
    return buckets_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<std::string> values_;
  std::deque<std::atomic<std::uint64_t>> buckets_;
  std::atomic<double> sum_{0};
};

/// Any thread.
class LabelHistogram {
 public:
  /// A client can invent label values (methods, paths), so there is an end to the series.
  static constexpr std::size_t kSeriesMax = 4096;

  /// `bounds`: upper ones, inclusive, rising. None: a counter.
  explicit LabelHistogram(std::vector<double> bounds) : bounds_(std::move(bounds)) {}

  /// Always the same number of labels in the same order.
  void observe(std::span<const std::string_view> labels, double value);

  /// Series in no order; they live as long as the histogram.
  [[nodiscard]] std::vector<const LabelSeries*> series() const;
  /// Values that no series was left for.
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  LabelSeries* find(std::uint64_t hash, std::span<const std::string_view> labels) const;
  LabelSeries* make(std::uint64_t hash, std::span<const std::string_view> labels);

  const std::vector<double> bounds_;
  mutable std::shared_mutex mutex_;
  std::unordered_multimap<std::uint64_t, std::unique_ptr<LabelSeries>> series_;  // by hash
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace tracetax
