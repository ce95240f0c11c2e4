// HDR histogram: counts of integer values in log-linear buckets, so that any value in the range keeps
// a stated number of significant digits at a fixed, known memory cost. Layout and terms follow Gil
// Tene's HdrHistogram (https://hdrhistogram.org), so that hdr_codec.h can exchange them with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/error.h"

namespace tracetax {

/// What a histogram can hold. The default is what every measurement here uses: 1 ns to 1 hour with
/// 3 significant digits (0.1 %), 33,792 counters = 264 KiB. Other shapes come from foreign files.
struct HistogramRange {
  std::int64_t lowest = 1;                       // discernible; >= 1
  std::int64_t highest = 3'600'000'000'000;      // trackable; >= 2 * lowest
  int digits = 3;                                // 1 to 5
  friend bool operator==(const HistogramRange&, const HistogramRange&) = default;
};

/// Single writer, no locks, no allocation after construction. Copyable; equal when ranges and counts are.
class Histogram {
 public:
  Histogram();
  /// For ranges known to be good; `make` checks.
  explicit Histogram(const HistogramRange& range);
  [[nodiscard]] static Result<Histogram> make(const HistogramRange& range);

  /// Counts one value. Below 0 counts as 0; above `highest` is clamped there and counted in
  /// overflows() too, so nothing is lost silently. Never fails; cost: BM_HistogramRecord.
  void record(std::int64_t value) noexcept { record(value, 1); }
  void record(std::int64_t value, std::int64_t times) noexcept;

  /// Adds the other's counts. Different ranges: values are re-recorded at their bucket's middle.
  void merge(const Histogram& other) noexcept;
  void reset() noexcept;

  [[nodiscard]] const HistogramRange& range() const noexcept { return range_; }
  [[nodiscard]] std::int64_t count() const noexcept { return total_; }
  [[nodiscard]] std::int64_t overflows() const noexcept { return overflows_; }
  [[nodiscard]] bool empty() const noexcept { return total_ == 0; }
  /// Exact least and greatest value recorded (0 when empty). After decoding: within the bucket.
  [[nodiscard]] std::int64_t min() const noexcept;
  [[nodiscard]] std::int64_t max() const noexcept;
  /// From bucket middles, as HdrHistogram does; 0 when empty.
  [[nodiscard]] double mean() const noexcept;
  [[nodiscard]] double standard_deviation() const noexcept;

  /// The greatest value equivalent to the least recorded one that at least `percent` of the values do
  /// not exceed (HdrHistogram's getValueAtPercentile). `percent` in [0, 100], clamped. 0 when empty.
  [[nodiscard]] std::int64_t percentile(double percent) const noexcept;

  /// The same quantile interpolated by rank inside its bucket: for arithmetic on small differences,
  /// where bucket edges would make ties. `quantile` in [0, 1]. 0 when empty.
  [[nodiscard]] double quantile_interpolated(double quantile) const noexcept;

  /// True if at least ten values lie beyond the quantile: the rule for printing it (n(1-q) >= 10).
  [[nodiscard]] bool supports(double quantile) const noexcept;

  /// Values recorded in buckets whose greatest value is above `value`.
  [[nodiscard]] std::int64_t count_above(std::int64_t value) const noexcept;

  // --- layout, for the codec and for iteration ---
  [[nodiscard]] const std::vector<std::int64_t>& counts() const noexcept { return counts_; }
  [[nodiscard]] std::int64_t lowest_equivalent(std::size_t index) const noexcept;   // first value of bucket
  [[nodiscard]] std::int64_t highest_equivalent(std::size_t index) const noexcept;  // last value of bucket
  [[nodiscard]] std::size_t index_of(std::int64_t value) const noexcept;
  /// Puts counts in from outside (a decoder); recomputes totals, and min and max from buckets.
  /// `counts` may be shorter than counts().
  void assign_counts(const std::vector<std::int64_t>& counts) noexcept;

  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  HistogramRange range_;
  int unit_magnitude_ = 0;
  int sub_bucket_half_count_magnitude_ = 0;
  std::int64_t sub_bucket_half_count_ = 0;
  std::int64_t sub_bucket_mask_ = 0;
  std::vector<std::int64_t> counts_;
  std::int64_t total_ = 0;
  std::int64_t overflows_ = 0;
  std::int64_t min_ = INT64_MAX;
  std::int64_t max_ = 0;
};

}  // namespace tracetax
