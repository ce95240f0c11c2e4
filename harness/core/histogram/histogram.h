// HDR histogram: counts of integer values in log-linear buckets, so that any value in the range
// keeps a stated number of significant digits at a fixed, known memory cost. Layout and terms
// follow Gil Tene's HdrHistogram (https://hdrhistogram.org), so that hdr_codec.h can exchange them
// with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

/// What a histogram can hold. The default is what every measurement here uses: 1 ns to 1 hour with
/// 3 significant digits (0.1 %), 33,792 counters = 264 KiB. Other shapes come from foreign files.
struct HistogramRange {
  std::int64_t lowest = 1;                   // discernible; >= 1
  std::int64_t highest = 3'600'000'000'000;  // trackable; >= 2 * lowest
  int digits = 3;                            // 1 to 5
  friend bool operator==(const HistogramRange&, const HistogramRange&) = default;
};

/// Single writer, no locks, no allocation after construction. Copyable; equal when ranges and
/// counts are (min, max and overflows do not travel with the encoded form, so they are not
/// compared). The sum of all counts must stay below 2^63: the caller's duty.
///
/// A histogram that is kept only to be read may be packed, because most of its counters are 0.
/// Reading works the same then. What changes it unpacks it first; record() does not.
class Histogram {
 public:
  Histogram();
  /// For ranges known to be good; `make` checks.
  explicit Histogram(const HistogramRange& range);
  [[nodiscard]] static Result<Histogram> make(const HistogramRange& range);
  /// Checks the range and tells how many counters (8 bytes each) it takes, without taking them.
  [[nodiscard]] static Result<std::size_t> counters(const HistogramRange& range);

  /// Counts one value. Not for a packed histogram. A value below 0 counts as 0. A value above
  /// `highest` is clamped there and counted in overflows() too, so nothing is lost silently. Never
  /// fails; cost: BM_HistogramRecord.
  void record(std::int64_t value) noexcept { record(value, 1); }
  /// `times` values at once; nothing happens if it is not positive.
  void record(std::int64_t value, std::int64_t times) noexcept {
    if (times <= 0) return;
    if (value > range_.highest) [[unlikely]] {
      overflows_ += times;
      value = range_.highest;
    }
    value = std::max<std::int64_t>(value, 0);
    counts_[index_of(value)] += times;
    total_ += times;
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
  }

  /// Adds the other's counts. Different ranges: values are re-recorded at their bucket's middle
  /// (never outside of the other's min and max).
  void merge(const Histogram& other);
  /// Empty, and not packed.
  void reset();
  /// Keeps only the counters that are not 0, in 8 bytes each. Does nothing if that takes no less
  /// memory, or if a count is above 2^32 - 1.
  void pack();
  [[nodiscard]] bool packed() const noexcept { return counts_.empty(); }
  /// The memory that its counters take.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return counts_.capacity() * sizeof(std::int64_t) + filled_.capacity() * sizeof(Filled);
  }

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

  /// HdrHistogram's getValueAtPercentile: takes the smallest recorded value that at least `percent`
  /// of the values do not exceed, and gives the greatest value equivalent to it. `percent` in [0,
  /// 100], clamped. 0 when empty.
  [[nodiscard]] std::int64_t percentile(double percent) const noexcept;

  /// The same quantile, interpolated by rank inside its bucket. For arithmetic on small
  /// differences, where bucket edges would make ties. `quantile` in [0, 1]. 0 when empty.
  [[nodiscard]] double quantile_interpolated(double quantile) const noexcept;

  /// True if at least ten values lie beyond the quantile: the rule for printing it (n(1-q) >= 10).
  [[nodiscard]] bool supports(double quantile) const noexcept;

  /// Values recorded in buckets whose greatest value is above `value`.
  [[nodiscard]] std::int64_t count_above(std::int64_t value) const noexcept;

  // --- layout, for the codec and for iteration ---
  /// How many counters there are, packed or not.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// `visit(index, count)` of every counter that is not 0, in order, for as long as it returns
  /// true.
  template <typename Visit>
  void for_each_filled(Visit&& visit) const {
    if (empty()) return;
    for (const Filled& filled : filled_) {
      if (!visit(std::size_t{filled.index}, std::int64_t{filled.count})) return;
    }
    if (packed()) return;
    for (std::size_t i = first_index(), last = last_index(); i <= last; ++i) {
      if (counts_[i] != 0 && !visit(i, counts_[i])) return;
    }
  }
  /// The first and the last value of a bucket.
  [[nodiscard]] std::int64_t lowest_equivalent(std::size_t index) const noexcept;
  [[nodiscard]] std::int64_t highest_equivalent(std::size_t index) const noexcept;
  /// The bucket of a value from 0 to the last bucket's highest_equivalent.
  [[nodiscard]] std::size_t index_of(std::int64_t value) const noexcept {
    // The mask makes all values of the first, linear width look alike to clz: no branch.
    const auto bits = static_cast<std::uint64_t>(value);
    const int bucket = leading_zeros_base_ - std::countl_zero(bits | sub_bucket_mask_);
    return (static_cast<std::size_t>(bucket) << half_magnitude_) +
           static_cast<std::size_t>(bits >> (bucket + unit_magnitude_));
  }
  /// Puts counts in from outside (a decoder); recomputes totals, and min and max from buckets.
  /// `counts` may be shorter than size(), not longer; none may be negative.
  void assign_counts(const std::vector<std::int64_t>& counts);
  /// Puts back what the encoded form does not carry. Returns false and changes nothing if it cannot
  /// belong to these counts: `min` outside of the first filled bucket, `max` outside of the last,
  /// or negative `overflows`.
  [[nodiscard]] bool restore_extremes(std::int64_t min, std::int64_t max,
                                      std::int64_t overflows) noexcept;

  friend bool operator==(const Histogram& left, const Histogram& right) {
    return left.range_ == right.range_ && left.total_ == right.total_ &&
           left.filled() == right.filled();
  }

 private:
  struct Filled {
    std::uint32_t index, count;
  };
  void unpack();
  [[nodiscard]] std::vector<std::pair<std::size_t, std::int64_t>> filled() const;
  [[nodiscard]] std::int64_t bucket_middle(std::size_t index) const noexcept;
  [[nodiscard]] std::size_t first_index() const noexcept { return index_of(min()); }
  [[nodiscard]] std::size_t last_index() const noexcept { return index_of(max()); }

  // Terms: a "unit" is 2^unit_magnitude_, the width of the narrowest bucket; 2^half_magnitude_ is
  // the number of buckets that share one width (the first width has twice as many).
  HistogramRange range_;
  int unit_magnitude_ = 0;
  int half_magnitude_ = 0;
  int leading_zeros_base_ = 0;
  std::uint64_t sub_bucket_mask_ = 0;
  std::size_t size_ = 0;
  std::vector<std::int64_t> counts_;  // empty: packed
  std::vector<Filled> filled_;        // of a packed one
  std::int64_t total_ = 0;
  std::int64_t overflows_ = 0;
  std::int64_t min_ = INT64_MAX;
  std::int64_t max_ = 0;
};

}  // namespace tracetax
