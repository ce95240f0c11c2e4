// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/e_divisive.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace tracetax {
namespace {

constexpr int kEnough = 20;         // as good ones, and p is known well enough
constexpr double kSame = 1 - 1e-9;  // sums of the same numbers in another order

/// best_split over and over, with one piece of memory.
class Splitter {
 public:
  std::optional<BestSplit> best(std::span<const double> values, std::size_t shortest) {
    const std::size_t n = values.size();
    if (n < 2 * shortest) return std::nullopt;
    sum_distances(values);
    std::optional<BestSplit> best;
    for (std::size_t at = shortest; at + shortest <= n; ++at) {
      for (std::size_t until = at + shortest; until <= n; ++until) {
        const double q = gain(at, until);
        if (!best || q > best->q) best = BestSplit{.at = at, .until = until, .q = q};
      }
    }
    return best;
  }

 private:
  /// sums_[a][b]: of |x_i - x_j| over all i < a, j < b.
  void sum_distances(std::span<const double> values) {
    width_ = values.size() + 1;
    sums_.assign(width_ * width_, 0);
    for (std::size_t i = inverse_.size(); i < width_; ++i)
      inverse_.push_back(1 / static_cast<double>(i));
    for (std::size_t i = 0; i < values.size(); ++i) {
      double row = 0;
      for (std::size_t j = 0; j < values.size(); ++j) {
        row += std::abs(values[i] - values[j]);
        sums_[(i + 1) * width_ + j + 1] = sums_[i * width_ + j + 1] + row;
      }
    }
  }
  [[nodiscard]] double sum(std::size_t a, std::size_t b) const { return sums_[a * width_ + b]; }

  /// mn / (m + n) (2 across / mn - left / m(m - 1) - right / n(n - 1)), with left and right over
  /// ordered pairs, and divisions looked up: this is done millions of times.
  [[nodiscard]] double gain(std::size_t at, std::size_t until) const {
    const auto m = static_cast<double>(at), n = static_cast<double>(until - at);
    const double left = sum(at, at), across = sum(at, until) - left;
    const double right = sum(until, until) - 2 * sum(at, until) + left;
    return (2 * across - left * n * inverse_[at - 1] - right * m * inverse_[until - at - 1]) *
           inverse_[until];
  }

  std::vector<double> sums_;
  std::vector<double> inverse_{0};
  std::size_t width_ = 0;
};

/// Stretches of the values, as [from, to).
using Stretches = std::vector<std::pair<std::size_t, std::size_t>>;

Stretches stretches_of(std::size_t size, std::span<const std::size_t> known) {
  Stretches out;
  std::size_t from = 0;
  for (const std::size_t at : known) {
    out.emplace_back(from, at);
    from = at;
  }
  out.emplace_back(from, size);
  return out;
}

struct Found {
  std::size_t at = 0;
  double q = 0;
};

std::optional<Found> best_of(std::span<const double> values, const Stretches& stretches,
                             std::size_t shortest, Splitter& splitter) {
  std::optional<Found> found;
  for (const auto& [from, to] : stretches) {
    const auto split = splitter.best(values.subspan(from, to - from), shortest);
    if (split && (!found || split->q > found->q))
      found = Found{.at = from + split->at, .q = split->q};
  }
  return found;
}

/// Fisher and Yates' shuffle, which std::shuffle is too, but not the same in every library.
void shuffle(std::span<double> values, std::mt19937_64& random) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[static_cast<std::size_t>(random() % i)]);  // bias below 1e-15
  }
}

double drawn_p(std::vector<double> values, const Stretches& stretches, double q,
               const EDivisiveOptions& options, Splitter& splitter) {
  std::mt19937_64 random(options.seed);
  int as_good = 0;
  for (int drawn = 1; drawn <= options.permutations; ++drawn) {
    for (const auto& [from, to] : stretches)
      shuffle(std::span(values).subspan(from, to - from), random);
    if (best_of(values, stretches, options.shortest, splitter)->q < q * kSame) continue;
    if (++as_good == kEnough) return static_cast<double>(kEnough) / drawn;
  }
  return (as_good + 1.0) / (options.permutations + 1.0);
}

}  // namespace

std::optional<BestSplit> best_split(std::span<const double> values, std::size_t shortest) {
  return Splitter().best(values, shortest);
}

std::optional<ChangePoint> next_change(std::span<const double> values,
                                       std::span<const std::size_t> known,
                                       const EDivisiveOptions& options) {
  if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); })) return {};
  Splitter splitter;
  const Stretches stretches = stretches_of(values.size(), known);
  const auto found = best_of(values, stretches, options.shortest, splitter);
  if (!found) return std::nullopt;
  if (found->q <= 0) return ChangePoint{.at = found->at, .p = 1};  // all equal
  return ChangePoint{
      .at = found->at,
      .p = drawn_p({values.begin(), values.end()}, stretches, found->q, options, splitter)};
}

std::vector<ChangePoint> e_divisive(std::span<const double> values, const EDivisiveOptions& options,
                                    std::optional<ChangePoint> first) {
  std::vector<ChangePoint> changes;
  std::vector<std::size_t> places;
  for (auto next = first ? first : next_change(values, {}, options);
       next && next->p <= options.level; next = next_change(values, places, options)) {
    changes.push_back(*next);
    places.insert(std::ranges::upper_bound(places, next->at), next->at);
  }
  std::ranges::sort(changes, {}, &ChangePoint::at);
  return changes;
}

}  // namespace tracetax
