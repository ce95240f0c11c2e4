// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/rate_curve.h"

#include <algorithm>
#include <cmath>

namespace tracetax {
namespace {

// Of a request: what is so near to a whole number is one, for lengths and rates have decimals.
constexpr double kWholeEnough = 1e-6;

double nearly_whole(double count) {
  const double whole = std::round(count);
  return std::abs(count - whole) < kWholeEnough ? whole : count;
}

}  // namespace

RateCurve::RateCurve(double rate, std::span<const RateStage> stages) {
  double at_s = 0;
  for (const RateStage& stage : stages) {
    const double length_s = static_cast<double>(stage.length.count()) / 1e9;
    const double slope = length_s > 0 ? (stage.rate - rate) / length_s : 0;
    pieces_.push_back({at_s, total_, rate, slope});
    total_ = nearly_whole(total_ + (rate + stage.rate) / 2 * length_s);
    at_s += length_s;
    rate = stage.rate;
  }
}

double RateCurve::total_after(std::size_t index) const noexcept {
  return index + 1 < pieces_.size() ? pieces_[index + 1].begin_count : total_;
}

std::int64_t RateCurve::due_ns(double count) const noexcept {
  if (count >= total_) return INT64_MAX;
  // Of pieces in which nothing is due, the last: the request comes when the rate rises again.
  const auto after = std::ranges::upper_bound(pieces_, count, {}, &Piece::begin_count);
  const Piece& piece = *std::prev(after);
  const double left = count - piece.begin_count;
  if (left <= 0) return std::llround(piece.begin_s * 1e9);
  // rate * t + slope * t^2 / 2 = left, in the form that loses no digits where the slope is small.
  const double root = std::sqrt(std::max(0.0, piece.rate * piece.rate + 2 * piece.slope * left));
  return std::llround((piece.begin_s + 2 * left / (piece.rate + root)) * 1e9);
}

}  // namespace tracetax
