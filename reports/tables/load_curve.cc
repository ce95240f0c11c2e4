// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/load_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/effect_text.h"
#include "reports/tables/cell_parts.h"
#include "reports/words/capacity_words.h"

namespace tracetax {
namespace {

constexpr int kWidth = 30;

struct CurvePoint {
  std::string name;
  Comparison comparison;
};

std::vector<CurvePoint> points_of(const RunResult& result, const Analysis& analysis,
                                  const std::string& arm) {
  std::vector<CurvePoint> points, full_speed;
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.arm != arm) continue;
    if (comparison.metric == Metric::cpu_per_request)
      points.push_back({cell_name(result, comparison.cell), comparison});
    if (comparison.metric == Metric::capacity)
      full_speed.push_back({target_name(result, comparison.cell) + " at full speed",
                            in_time_per_request(comparison)});
  }
  points.insert(points.end(), full_speed.begin(), full_speed.end());
  return points;
}

/// The column of a percentage, where the axis runs from `low` to `high`.
int column(double pct, double low, double high) {
  return static_cast<int>(std::lround((pct - low) / (high - low) * (kWidth - 1)));
}

std::string drawn(const Comparison& comparison, double low, double high) {
  std::string line(kWidth, ' ');
  const int from = column(comparison.interval_pct->low, low, high);
  const int to = column(comparison.interval_pct->high, low, high);
  for (int i = from; i <= to; ++i) line[static_cast<std::size_t>(i)] = '-';
  line[static_cast<std::size_t>(column(*comparison.estimate_pct, low, high))] = 'o';
  return line;
}

}  // namespace

std::string load_curve(const RunResult& result, const Analysis& analysis) {
  if (result.suite.load.levels.size() < 2) return "";
  const std::vector<CurvePoint> points = points_of(result, analysis, result.suite.arms.back().name);
  double low = 0, high = 0;
  std::size_t longest = 0;
  for (const CurvePoint& point : points) {
    longest = std::max(longest, point.name.size());
    if (!point.comparison.interval_pct) continue;
    low = std::min(low, point.comparison.interval_pct->low);
    high = std::max(high, point.comparison.interval_pct->high);
  }
  if (high <= low) return "";
  std::string out = fmt::format("Overhead of {} over load, from {:+.0f} % to {:+.0f} %:\n",
                                result.suite.arms.back().name, low, high);
  for (const CurvePoint& point : points) {
    const Comparison& c = point.comparison;
    const bool known = c.estimate_pct && c.interval_pct;
    out += fmt::format("{:<{}}  |{}|  {}\n", point.name, longest,
                       known ? drawn(c, low, high) : std::string(kWidth, ' '),
                       known ? format_effect(*c.estimate_pct, *c.interval_pct) : "void");
  }
  return out;
}

}  // namespace tracetax
