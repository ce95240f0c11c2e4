// SPDX-License-Identifier: Apache-2.0
#include "harness/stats/trend.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "harness/stats/sample.h"

namespace tracetax {
namespace {

constexpr std::size_t kExactRunsUpTo = 8;  // 40,320 permutations

std::vector<double> mid_ranks(std::span<const double> values) {
  std::vector<double> ranks;
  ranks.reserve(values.size());
  for (const double value : values) {
    const auto below =
        std::count_if(values.begin(), values.end(), [&](double v) { return v < value; });
    const auto equal = std::count(values.begin(), values.end(), value);
    ranks.push_back(static_cast<double>(below) + (static_cast<double>(equal) + 1) / 2);
  }
  return ranks;
}

double correlation_with_position(const std::vector<double>& ranks) {
  const auto n = static_cast<double>(ranks.size());
  const double centre = (n + 1) / 2;
  double xy = 0, yy = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    xy += (static_cast<double>(i) + 1 - centre) * (ranks[i] - centre);
    yy += (ranks[i] - centre) * (ranks[i] - centre);
  }
  const double xx = n * (n * n - 1) / 12;
  return xy / std::sqrt(xx * yy);
}

double exact_p(std::vector<double> ranks, double rho) {
  std::sort(ranks.begin(), ranks.end());
  double extreme = 0, all = 0;
  do {  // with ties each distinct order once: they are equally likely
    all += 1;
    if (std::abs(correlation_with_position(ranks)) >= std::abs(rho) - 1e-12) extreme += 1;
  } while (std::next_permutation(ranks.begin(), ranks.end()));
  return extreme / all;
}

/// P(|T| >= t) of Student's t with whole degrees of freedom, the finite series of Abramowitz &
/// Stegun 26.7.3 and 26.7.4.
double student_two_sided(double t, int freedom) {
  const double angle = std::atan(std::abs(t) / std::sqrt(static_cast<double>(freedom)));
  const double cosine = std::cos(angle), cosine2 = cosine * cosine;
  const bool odd = freedom % 2 == 1;
  double term = odd ? cosine : 1;
  double sum = freedom == 1 ? 0 : term;
  for (int k = odd ? 3 : 2; k < freedom; k += 2) {
    term *= cosine2 * static_cast<double>(k - 1) / static_cast<double>(k);
    sum += term;
  }
  const double inside =
      odd ? 2 / std::numbers::pi * (angle + std::sin(angle) * sum) : std::sin(angle) * sum;
  return std::clamp(1 - inside, 0.0, 1.0);
}

}  // namespace

std::optional<Trend> spearman_trend(std::span<const double> values) {
  if (values.size() < 4) return std::nullopt;
  for (const double value : values) {
    if (!std::isfinite(value)) return std::nullopt;
  }
  const std::vector<double> ranks = mid_ranks(values);
  const double rho = correlation_with_position(ranks);
  if (!std::isfinite(rho)) return std::nullopt;  // all equal
  if (values.size() <= kExactRunsUpTo) return Trend{.rho = rho, .p = exact_p(ranks, rho)};
  const int freedom = static_cast<int>(values.size()) - 2;
  const double left = std::max(1 - rho * rho, 1e-300);
  const double t = rho * std::sqrt(static_cast<double>(freedom) / left);
  return Trend{.rho = rho, .p = student_two_sided(t, freedom)};
}

std::optional<double> theil_sen_slope(std::span<const double> values, double step) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j)
      slopes.push_back((values[j] - values[i]) / (static_cast<double>(j - i) * step));
  }
  return median(std::move(slopes));
}

}  // namespace tracetax
