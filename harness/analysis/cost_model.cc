// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/cost_model.h"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <set>
#include <vector>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/metric_value.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kCostLevel = 0.95;
constexpr std::size_t kRatesForR2 = 4;

struct Point {
  double sampled_share = 0;
  double cost_us = 0;  // against off
};

struct Line {
  double a = 0, b = 0;
};

/// 1 - the squares left over / the squares about the mean; nothing where there is nothing to
/// explain.
std::optional<double> r_squared(const std::vector<Point>& points, const Line& line) {
  double mean_y = 0;
  for (const Point& point : points) mean_y += point.cost_us / static_cast<double>(points.size());
  double left = 0, all = 0;
  for (const Point& point : points) {
    const double missed = point.cost_us - line.a - line.b * point.sampled_share;
    left += missed * missed;
    all += (point.cost_us - mean_y) * (point.cost_us - mean_y);
  }
  if (all <= 0) return std::nullopt;
  return 1 - left / all;
}

/// Ordinary least squares; nothing if the points stand in one column.
std::optional<Line> fit_line(const std::vector<Point>& points) {
  const auto n = static_cast<double>(points.size());
  double mean_x = 0, mean_y = 0;
  for (const Point& point : points) {
    mean_x += point.sampled_share / n;
    mean_y += point.cost_us / n;
  }
  double xx = 0, xy = 0;
  for (const Point& point : points) {
    xx += (point.sampled_share - mean_x) * (point.sampled_share - mean_x);
    xy += (point.sampled_share - mean_x) * (point.cost_us - mean_y);
  }
  if (xx <= 0) return std::nullopt;
  const double b = xy / xx;
  return Line{.a = mean_y - b * mean_x, .b = b};
}

struct TracedArms {
  std::vector<int> arms;  // index into Suite::arms
  std::set<SampleRate> rates;
  std::string twice;  // "on@100%, plain@100%": arms that share one rate
};

TracedArms exporting_arms(const Suite& suite, const TargetSpec& target) {
  TracedArms traced;
  for (std::size_t i = 0; i < suite.arms.size(); ++i) {
    const ArmSpec& arm = suite.arms[i];
    if (arm.role != ArmRole::traced || state_of(arm, target) != TracingState::exporting) continue;
    // Of what is dropped on purpose the share that came is no measure of the work: a tail sampler
    // drops after all of it was done.
    if (arm.keeps) continue;
    traced.arms.push_back(static_cast<int>(i));
    if (!traced.rates.insert(arm.rate).second) {
      traced.twice += (traced.twice.empty() ? "" : ", ") + arm.name;
    }
  }
  return traced;
}

/// What an arm costs over all blocks in which both it and `off` were measured.
struct ArmCosts {
  std::vector<double> costs_us, sampled_shares;
};

std::optional<double> linearity(const std::map<int, ArmCosts>& arms, const Suite& suite) {
  std::vector<Point> points;
  std::set<SampleRate> rates;
  for (const auto& [arm, costs] : arms) {
    const std::optional<double> cost = hodges_lehmann(costs.costs_us);
    const std::optional<double> share = mean(costs.sampled_shares);
    if (!cost || !share) continue;
    points.push_back({.sampled_share = *share, .cost_us = *cost});
    rates.insert(suite.arms[static_cast<std::size_t>(arm)].rate);
  }
  const std::optional<Line> line = rates.size() < kRatesForR2 ? std::nullopt : fit_line(points);
  return line ? r_squared(points, *line) : std::nullopt;
}

/// The slopes between neighbouring rates of one block; nothing where an end is missing.
std::vector<std::optional<double>> slopes_of(const std::map<SampleRate, std::vector<Point>>& block,
                                             const std::set<SampleRate>& rates) {
  std::vector<std::optional<double>> slopes;
  for (auto low = rates.begin(), high = std::next(low); high != rates.end(); ++low, ++high) {
    std::vector<Point> ends;
    for (const SampleRate rate : {*low, *high}) {
      const auto found = block.find(rate);
      if (found != block.end()) ends.insert(ends.end(), found->second.begin(), found->second.end());
    }
    const std::optional<Line> line =
        block.contains(*low) && block.contains(*high) ? fit_line(ends) : std::nullopt;
    slopes.push_back(line ? std::optional(line->b) : std::nullopt);
  }
  return slopes;
}

using Slopes = std::map<int, std::vector<std::optional<double>>>;  // by block

/// Over the blocks' own slopes: how steep each part of the line is, and whether its ends differ.
void add_slopes(const Slopes& blocks, const std::vector<std::vector<int>>& units,
                const std::set<SampleRate>& rates, CostModel& model) {
  std::vector<CostSlope> slopes;
  auto low = rates.begin();
  for (std::size_t part = 0; part + 1 < rates.size(); ++part, ++low) {
    std::map<int, double> by_block;
    for (const auto& [block, slope] : blocks) {
      if (slope[part]) by_block.emplace(block, *slope[part]);
    }
    const std::vector<double> of_part = values_of(unit_means(units, by_block));
    const auto interval = signed_rank_interval(of_part, kCostLevel);
    if (!interval) return;
    slopes.push_back(
        {.from = *low,
         .to = *std::next(low),
         .b_us = *hodges_lehmann(of_part),
         .interval = {.low = interval->low, .high = interval->high, .level = interval->coverage}});
  }
  std::map<int, double> differences;
  for (const auto& [block, slope] : blocks) {
    if (slope.front() && slope.back()) differences.emplace(block, *slope.back() - *slope.front());
  }
  const auto bend = signed_rank_interval(values_of(unit_means(units, differences)), kCostLevel);
  if (!bend) return;
  model.slopes = std::move(slopes);
  constexpr double kRounding = 1e-9;  // us
  model.bends = bend->low > kRounding || bend->high < -kRounding;
}

std::optional<double> cpu_us(const SegmentRecord* segment) {
  return segment == nullptr ? std::nullopt : value_of(*segment, Metric::cpu_per_request);
}

}  // namespace

CostModel fit_cost_model(const RunResult& result, int cell) {
  CostModel model;
  model.cell = cell;
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  const TracedArms traced =
      exporting_arms(result.suite, result.suite.targets.at(static_cast<std::size_t>(where.target)));
  if (traced.rates.size() < 2) {
    model.reason = "needs arms that export at two different sampling rates";
    return model;
  }

  const CellSegments segments(result, cell);
  const std::vector<std::vector<int>> units = segments.units();
  std::map<int, double> offs, as_by_block, bs_by_block;
  std::map<int, ArmCosts> costs;
  Slopes slopes;  // between neighbouring rates
  for (const int block : segments.blocks()) {
    const std::optional<double> off = cpu_us(segments.find(block, 0, SegmentKind::open));
    if (!off) continue;
    std::vector<Point> points;
    std::map<SampleRate, std::vector<Point>> rates;
    for (const int arm : traced.arms) {
      const SegmentRecord* segment = segments.find(block, arm, SegmentKind::open);
      const std::optional<double> on = cpu_us(segment);
      if (!on) continue;
      points.push_back({.sampled_share = segment->sampled_share, .cost_us = *on - *off});
      rates[result.suite.arms[static_cast<std::size_t>(arm)].rate].push_back(points.back());
      costs[arm].costs_us.push_back(points.back().cost_us);
      costs[arm].sampled_shares.push_back(points.back().sampled_share);
    }
    // Two arms of one rate differ in the share really sampled by chance alone: no slope in that.
    const std::optional<Line> line = rates.size() < 2 ? std::nullopt : fit_line(points);
    if (!line) continue;
    slopes.emplace(block, slopes_of(rates, traced.rates));
    offs.emplace(block, *off);
    as_by_block.emplace(block, line->a);
    bs_by_block.emplace(block, line->b);
  }
  model.a_by_block = unit_means(units, as_by_block);
  model.b_by_block = unit_means(units, bs_by_block);
  const std::vector<double> as = values_of(model.a_by_block);
  const std::vector<double> bs = values_of(model.b_by_block);

  model.blocks = static_cast<int>(as.size());
  const std::optional<SignedRankInterval> a = signed_rank_interval(as, kCostLevel);
  const std::optional<SignedRankInterval> b = signed_rank_interval(bs, kCostLevel);
  if (!a || !b) {
    model.reason = fmt::format(
        "{} of {} blocks have valid CPU readings of off and of two sampling "
        "rates; a 95 % interval needs 6",
        model.blocks, units.size());
    return model;
  }
  model.off_us = median(values_of(offs));
  model.a_us = hodges_lehmann(as);
  model.b_us = hodges_lehmann(bs);
  model.a_interval = Interval{.low = a->low, .high = a->high, .level = a->coverage};
  model.b_interval = Interval{.low = b->low, .high = b->high, .level = b->coverage};
  if (traced.rates.size() > 2) add_slopes(slopes, units, traced.rates, model);
  model.r2 = linearity(costs, result.suite);
  if (!traced.twice.empty()) {
    model.reason = fmt::format(
        "several arms share a sampling rate ({}); the model averages over what "
        "else differs between them",
        traced.twice);
  }
  return model;
}

}  // namespace tracetax
