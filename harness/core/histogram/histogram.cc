// The layout of the HDR histogram and everything that reads it; the hot path (record) is in the
// header. Percentile ranks follow HdrHistogram 2.1.11, which the interop test compares against.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/histogram/histogram.h"

#include <cassert>
#include <cmath>

namespace tracetax {
namespace {

constexpr int kMaxDigits = 5;

struct Layout {
  int unit_magnitude;
  int half_magnitude;
  std::size_t buckets;  // counters
};

/// The number of bits that a value >= 0 needs.
int width_of(std::int64_t value) {
  return 64 - std::countl_zero(static_cast<std::uint64_t>(value));
}

/// floor(log2(lowest)) and the power of two that gives every value `digits` significant digits.
Layout layout_of(const HistogramRange& range) {
  std::int64_t needed = 2;
  for (int i = 0; i < range.digits; ++i) needed *= 10;
  const int unit = width_of(range.lowest) - 1;
  const int half = width_of(needed - 1) - 1;
  // One more width for every doubling from the end of the first, linear one up to `highest`.
  const int top = width_of(range.highest);
  const auto widths = static_cast<std::size_t>(std::max(1, top - unit - half));
  return {unit, half, (widths + 1) << half};
}

}  // namespace

Histogram::Histogram() : Histogram(HistogramRange{}) {}

Histogram::Histogram(const HistogramRange& range) : range_(range) {
  assert(range.lowest >= 1 && range.highest / 2 >= range.lowest);
  assert(range.digits >= 1 && range.digits <= kMaxDigits);
  const Layout layout = layout_of(range);
  unit_magnitude_ = layout.unit_magnitude;
  half_magnitude_ = layout.half_magnitude;
  sub_bucket_mask_ = ((std::uint64_t{2} << half_magnitude_) - 1) << unit_magnitude_;
  leading_zeros_base_ = 64 - unit_magnitude_ - half_magnitude_ - 1;
  size_ = layout.buckets;
  counts_.resize(size_);
}

Result<Histogram> Histogram::make(const HistogramRange& range) {
  const auto needed = counters(range);
  if (!needed) return tl::unexpected{needed.error()};
  return Histogram{range};
}

Result<std::size_t> Histogram::counters(const HistogramRange& range) {
  if (range.digits < 1 || range.digits > kMaxDigits) {
    return failure(ExitCode::usage, fmt::format("histogram: {} significant digits, must be 1 to {}",
                                                range.digits, kMaxDigits));
  }
  if (range.lowest < 1) {
    return failure(ExitCode::usage,
                   fmt::format("histogram: lowest value {}, must be at least 1", range.lowest));
  }
  if (range.highest / 2 < range.lowest) {
    return failure(
        ExitCode::usage,
        fmt::format("histogram: highest value {}, must be at least twice the lowest ({})",
                    range.highest, range.lowest));
  }
  const Layout layout = layout_of(range);
  if (layout.unit_magnitude + layout.half_magnitude > 61) {
    return failure(
        ExitCode::usage,
        fmt::format("histogram: {} digits from a lowest value of {} do not fit in 63 bits",
                    range.digits, range.lowest));
  }
  return layout.buckets;
}

void Histogram::merge(const Histogram& other) {
  if (other.empty()) return;
  unpack();
  if (other.range_ == range_) {
    other.for_each_filled([&](std::size_t i, std::int64_t count) {
      counts_[i] += count;
      return true;
    });
    total_ += other.total_;
    overflows_ += other.overflows_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
    return;
  }
  other.for_each_filled([&](std::size_t i, std::int64_t count) {
    record(std::clamp(other.bucket_middle(i), other.min_, other.max_), count);
    return true;
  });
  min_ = std::min(min_, std::min(other.min_, range_.highest));
  max_ = std::max(max_, std::min(other.max_, range_.highest));
  // Where our range ends first, the other's clamped values have just been counted as ours.
  if (other.range_.highest <= range_.highest) overflows_ += other.overflows_;
}

void Histogram::reset() {
  filled_.clear();
  counts_.assign(size_, 0);
  total_ = 0;
  overflows_ = 0;
  min_ = INT64_MAX;
  max_ = 0;
}

void Histogram::pack() {
  if (packed()) return;
  std::vector<Filled> filled;
  bool fits = size_ <= UINT32_MAX;
  for_each_filled([&](std::size_t i, std::int64_t count) {
    filled.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(count)});
    return fits = fits && count <= std::int64_t{UINT32_MAX};
  });
  if (!fits || filled.size() >= size_) return;
  filled.shrink_to_fit();
  filled_ = std::move(filled);
  counts_ = std::vector<std::int64_t>();  // not {}, which keeps the memory
}

void Histogram::unpack() {
  if (!packed()) return;
  counts_.resize(size_);
  for (const Filled& filled : filled_) counts_[filled.index] = filled.count;
  filled_ = std::vector<Filled>();
}

std::vector<std::pair<std::size_t, std::int64_t>> Histogram::filled() const {
  std::vector<std::pair<std::size_t, std::int64_t>> all;
  for_each_filled([&](std::size_t i, std::int64_t count) {
    all.emplace_back(i, count);
    return true;
  });
  return all;
}

std::int64_t Histogram::min() const noexcept { return empty() ? 0 : min_; }
std::int64_t Histogram::max() const noexcept { return max_; }

double Histogram::mean() const noexcept {
  if (empty()) return 0;
  double sum = 0;
  for_each_filled([&](std::size_t i, std::int64_t count) {
    sum += static_cast<double>(bucket_middle(i)) * static_cast<double>(count);
    return true;
  });
  return sum / static_cast<double>(total_);
}

double Histogram::standard_deviation() const noexcept {
  if (empty()) return 0;
  const double centre = mean();
  double sum = 0;
  for_each_filled([&](std::size_t i, std::int64_t count) {
    const double deviation = static_cast<double>(bucket_middle(i)) - centre;
    sum += deviation * deviation * static_cast<double>(count);
    return true;
  });
  return std::sqrt(sum / static_cast<double>(total_));
}

std::int64_t Histogram::percentile(double percent) const noexcept {
  if (empty()) return 0;
  // One ulp less, or 99.9 % of 41,000 values would be rank 40,960 by rounding, not 40,959.
  const double below = std::nextafter(percent, -INFINITY);
  const double share = below > 0 ? std::min(below, 100.0) : 0;  // NaN becomes 0
  const double rank = std::ceil(share * static_cast<double>(total_) / 100.0);
  const std::int64_t wanted = rank >= static_cast<double>(total_)
                                  ? total_
                                  : std::max<std::int64_t>(1, static_cast<std::int64_t>(rank));
  std::int64_t seen = 0;
  std::size_t found = 0;
  for_each_filled([&](std::size_t i, std::int64_t count) {
    seen += count;
    found = i;
    return seen < wanted;
  });
  return percent <= 0 ? lowest_equivalent(found) : highest_equivalent(found);
}

double Histogram::quantile_interpolated(double quantile) const noexcept {
  if (empty()) return 0;
  const double share = quantile > 0 ? std::min(quantile, 1.0) : 0;
  const double rank = share * static_cast<double>(total_);
  // One ulp less for the choice of the bucket, as in percentile(): an exact rank must not run over.
  const double reach = std::nextafter(share, 0.0) * static_cast<double>(total_);
  std::int64_t before = 0, inside = 0;
  std::size_t found = 0;
  for_each_filled([&](std::size_t i, std::int64_t count) {
    before += inside;
    inside = count;
    found = i;
    return static_cast<double>(before + count) < reach;
  });
  const auto low = static_cast<double>(std::max(lowest_equivalent(found), min_));
  const auto high = static_cast<double>(std::min(highest_equivalent(found), max_));
  const double position = (rank - static_cast<double>(before)) / static_cast<double>(inside);
  return low + (high - low) * std::min(position, 1.0);
}

bool Histogram::supports(double quantile) const noexcept {
  // The hair's breadth: 1 - 0.9999 is a little less than 0.0001 in binary.
  return static_cast<double>(total_) * (1 - quantile) >= 10 * (1 - 1e-9);
}

std::int64_t Histogram::count_above(std::int64_t value) const noexcept {
  if (empty() || value >= highest_equivalent(last_index())) return 0;
  if (value < 0) return total_;
  std::size_t from = index_of(value);
  if (highest_equivalent(from) <= value) ++from;
  std::int64_t above = 0;
  for_each_filled([&](std::size_t i, std::int64_t count) {
    if (i >= from) above += count;
    return true;
  });
  return above;
}

std::int64_t Histogram::lowest_equivalent(std::size_t index) const noexcept {
  const std::size_t group = index >> half_magnitude_;
  const std::size_t bucket = group > 0 ? group - 1 : 0;
  return static_cast<std::int64_t>((index - (bucket << half_magnitude_))
                                   << (bucket + static_cast<std::size_t>(unit_magnitude_)));
}

std::int64_t Histogram::highest_equivalent(std::size_t index) const noexcept {
  const std::size_t group = index >> half_magnitude_;
  const std::size_t bucket = group > 0 ? group - 1 : 0;
  const std::int64_t width = std::int64_t{1}
                             << (bucket + static_cast<std::size_t>(unit_magnitude_));
  return lowest_equivalent(index) + (width - 1);
}

std::int64_t Histogram::bucket_middle(std::size_t index) const noexcept {
  const std::int64_t low = lowest_equivalent(index);
  return low + (highest_equivalent(index) - low + 1) / 2;
}

void Histogram::assign_counts(const std::vector<std::int64_t>& counts) {
  assert(counts.size() <= size_);
  if (packed() || !empty()) reset();
  std::copy(counts.begin(), counts.end(), counts_.begin());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    if (total_ == 0) min_ = lowest_equivalent(i);
    max_ = highest_equivalent(i);
    total_ += counts[i];
  }
}

bool Histogram::restore_extremes(std::int64_t min, std::int64_t max,
                                 std::int64_t overflows) noexcept {
  if (empty()) return overflows == 0 && min == 0 && max == 0;
  const std::size_t first = first_index(), last = last_index();
  if (min < lowest_equivalent(first) || min > highest_equivalent(first)) return false;
  if (max < lowest_equivalent(last) || max > highest_equivalent(last)) return false;
  if (min > max || overflows < 0 || overflows > total_) return false;
  min_ = min;
  max_ = max;
  overflows_ = overflows;
  return true;
}

}  // namespace tracetax
