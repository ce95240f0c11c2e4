// SPDX-License-Identifier: Apache-2.0
#include "harness/core/shared_core.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tracetax {
namespace {

constexpr std::uint64_t kFewestProbes = 20;  // of a segment, for its mean to say anything
constexpr std::size_t kFewestBlocks = 6;     // as for an interval
constexpr double kAlonePercentile = 0.10;
constexpr double kLeastSpread =
    0.01;  // of a block's log(slowdown): below it the clock's own jitter
constexpr double kMostGamma = 1.5;

struct Point {
  double log_slowdown = 0, log_time = 0;
};

/// What is known of one cell in one kind of segment.
struct CellPoints {
  std::map<int, std::map<int, Point>> blocks;  // block -> arm
  bool all_probed = true;
};

Point mean_of(const std::vector<Point>& points) {
  Point mean;
  for (const Point& point : points) {
    mean.log_slowdown += point.log_slowdown / static_cast<double>(points.size());
    mean.log_time += point.log_time / static_cast<double>(points.size());
  }
  return mean;
}

/// The arms with a value in at least half of the blocks.
std::vector<int> regular_arms(const CellPoints& cell) {
  std::map<int, std::size_t> blocks_of;
  for (const auto& [block, arms] : cell.blocks) {
    for (const auto& [arm, point] : arms) ++blocks_of[arm];
  }
  std::vector<int> arms;
  for (const auto& [arm, blocks] : blocks_of) {
    if (2 * blocks >= cell.blocks.size()) arms.push_back(arm);
  }
  return arms;
}

/// The means over the regular arms, of every block that has them all.
std::vector<Point> block_means(const CellPoints& cell) {
  const std::vector<int> regular = regular_arms(cell);
  std::vector<Point> means;
  for (const auto& [block, arms] : cell.blocks) {
    std::vector<Point> points;
    for (const int arm : regular) {
      if (const auto found = arms.find(arm); found != arms.end()) points.push_back(found->second);
    }
    if (points.size() == regular.size()) means.push_back(mean_of(points));
  }
  return means;
}

/// The least-squares slope over the blocks of all cells, each cell about its own mean; 0 if it
/// cannot be told.
double common_slope(const std::map<int, CellPoints>& cells) {
  double xx = 0, xy = 0;
  std::size_t freedom = 0;  // blocks, less one for the mean of each cell
  for (const auto& [number, cell] : cells) {
    if (!cell.all_probed) continue;
    const std::vector<Point> blocks = block_means(cell);
    if (blocks.empty()) continue;
    const Point middle = mean_of(blocks);
    freedom += blocks.size() - 1;
    for (const Point& block : blocks) {
      const double x = block.log_slowdown - middle.log_slowdown;
      xx += x * x;
      xy += x * (block.log_time - middle.log_time);
    }
  }
  if (freedom + 1 < kFewestBlocks || std::sqrt(xx / static_cast<double>(freedom)) < kLeastSpread)
    return 0;
  return std::clamp(xy / xx, 0.0, kMostGamma);
}

bool probed(const SegmentRecord& segment) {
  return segment.core && segment.core->probes >= kFewestProbes;
}

/// What a request takes: CPU at the offered rate, the target's whole time in the closed loop. 0:
/// not known.
double time_per_request(const SegmentRecord& segment) {
  if (!segment.valid()) return 0;
  if (segment.spec.kind == SegmentKind::capacity)
    return segment.achieved_rate > 0 ? 1 / segment.achieved_rate : 0;
  if (!segment.usage || segment.requests == 0) return 0;
  return static_cast<double>(segment.usage->cpu_ns) / static_cast<double>(segment.requests);
}

double alone(const RunResult& result) {
  std::vector<double> fastest_ns;
  for (const SegmentRecord& segment : result.segments) {
    if (probed(segment) && segment.core->fastest_ns > 0)
      fastest_ns.push_back(segment.core->fastest_ns);
  }
  if (fastest_ns.empty()) return 0;
  const auto at =
      fastest_ns.begin() +
      static_cast<std::ptrdiff_t>(kAlonePercentile * static_cast<double>(fastest_ns.size()));
  std::nth_element(fastest_ns.begin(), at, fastest_ns.end());
  return *at;
}

}  // namespace

int SharedCores::corrected(SegmentKind kind) const {
  return static_cast<int>(
      std::ranges::count_if(gammas.at(kind), [](double gamma) { return gamma > 0; }));
}

std::optional<double> slowdown(const SegmentRecord& segment, double alone_ns) {
  if (alone_ns <= 0 || !probed(segment) || segment.core->mean_ns <= 0) return std::nullopt;
  return segment.core->mean_ns / alone_ns;
}

SharedCores shared_cores(const RunResult& result) {
  SharedCores cores;
  cores.alone_ns = alone(result);
  std::map<SegmentKind, std::map<int, CellPoints>> points;  // by kind and cell
  for (const SegmentRecord& segment : result.segments) {
    const SegmentSpec& spec = segment.spec;
    const std::optional<double> slow = slowdown(segment, cores.alone_ns);
    if (slow && spec.kind == SegmentKind::open) cores.slowdowns.push_back(*slow);
    const double time = time_per_request(segment);
    if (time <= 0) continue;
    CellPoints& cell = points[spec.kind][spec.cell];
    if (!slow) {
      cell.all_probed = false;
    } else {
      cell.blocks[spec.block].emplace(spec.arm, Point{std::log(*slow), std::log(time)});
    }
  }
  for (const SegmentKind kind : {SegmentKind::open, SegmentKind::capacity}) {
    cores.gammas[kind].assign(result.plan.cells.size(), 0);
    const double slope = common_slope(points[kind]);
    for (const auto& [cell, known] : points[kind]) {
      if (known.all_probed) cores.gammas[kind].at(static_cast<std::size_t>(cell)) = slope;
    }
  }
  return cores;
}

void correct_for_shared_cores(RunResult& result) {
  const SharedCores cores = shared_cores(result);
  for (SegmentRecord& segment : result.segments) {
    const std::optional<double> slow = slowdown(segment, cores.alone_ns);
    const double gamma =
        cores.gammas.at(segment.spec.kind).at(static_cast<std::size_t>(segment.spec.cell));
    segment.alone_factor = slow ? std::pow(*slow, -gamma) : 1;
  }
}

}  // namespace tracetax
