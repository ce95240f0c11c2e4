// SPDX-License-Identifier: Apache-2.0
#include "harness/core/shared_core.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tracetax {
namespace {

constexpr std::uint64_t kFewestProbes = 20;  // of a segment, for its mean to say anything
constexpr int kFewestFreedoms = 8;           // segments beyond one per arm
constexpr double kAlonePercentile = 0.10;
constexpr double kLeastSpread = 0.01;        // of log(slowdown): below it the clock's own jitter
constexpr double kMostGamma = 1.5;

struct Point {
  double log_slowdown = 0, log_time = 0;
};

Point mean_of(const std::vector<Point>& points) {
  Point mean;
  for (const Point& point : points) {
    mean.log_slowdown += point.log_slowdown / static_cast<double>(points.size());
    mean.log_time += point.log_time / static_cast<double>(points.size());
  }
  return mean;
}

/// The slope within the arms.
double gamma_of(const std::map<int, std::vector<Point>>& arms) {
  double xx = 0, xy = 0;
  int freedoms = 0;
  for (const auto& [arm, points] : arms) {
    const Point mean = mean_of(points);
    freedoms += static_cast<int>(points.size()) - 1;
    for (const Point& point : points) {
      const double x = point.log_slowdown - mean.log_slowdown;
      xx += x * x;
      xy += x * (point.log_time - mean.log_time);
    }
  }
  if (freedoms < kFewestFreedoms || std::sqrt(xx / freedoms) < kLeastSpread) return 0;
  return std::clamp(xy / xx, 0.0, kMostGamma);
}

bool probed(const SegmentRecord& segment) { return segment.core && segment.core->probes >= kFewestProbes; }

/// What a request takes: CPU at the offered rate, the target's whole time in the closed loop. 0: not known.
double time_per_request(const SegmentRecord& segment) {
  if (!segment.valid()) return 0;
  if (segment.spec.kind == SegmentKind::capacity) return segment.achieved_rate > 0 ? 1 / segment.achieved_rate : 0;
  if (!segment.usage || segment.requests == 0) return 0;
  return static_cast<double>(segment.usage->cpu_ns) / static_cast<double>(segment.requests);
}

double alone(const RunResult& result) {
  std::vector<double> fastest_ns;
  for (const SegmentRecord& segment : result.segments) {
    if (probed(segment) && segment.core->fastest_ns > 0) fastest_ns.push_back(segment.core->fastest_ns);
  }
  if (fastest_ns.empty()) return 0;
  const auto at = fastest_ns.begin() + static_cast<std::ptrdiff_t>(kAlonePercentile * static_cast<double>(fastest_ns.size()));
  std::nth_element(fastest_ns.begin(), at, fastest_ns.end());
  return *at;
}

}  // namespace

bool SharedCores::corrects() const {
  return std::ranges::any_of(gammas, [](const auto& kind) {
    return std::ranges::any_of(kind.second, [](double gamma) { return gamma > 0; });
  });
}

std::optional<double> slowdown(const SegmentRecord& segment, double alone_ns) {
  if (alone_ns <= 0 || !probed(segment)) return std::nullopt;
  return segment.core->mean_ns / alone_ns;
}

SharedCores shared_cores(const RunResult& result) {
  SharedCores cores;
  cores.alone_ns = alone(result);
  std::map<SegmentKind, std::map<int, std::map<int, std::vector<Point>>>> points;  // by kind, cell and arm
  for (const SegmentRecord& segment : result.segments) {
    const SegmentSpec& spec = segment.spec;
    const std::optional<double> slow = slowdown(segment, cores.alone_ns);
    if (!slow || *slow <= 0) continue;
    if (spec.kind == SegmentKind::open) cores.slowdowns.push_back(*slow);
    const double time = time_per_request(segment);
    if (time > 0) points[spec.kind][spec.cell][spec.arm].push_back({std::log(*slow), std::log(time)});
  }
  for (const SegmentKind kind : {SegmentKind::open, SegmentKind::capacity}) {
    cores.gammas[kind].assign(result.plan.cells.size(), 0);
    for (const auto& [cell, arms] : points[kind]) {
      cores.gammas[kind].at(static_cast<std::size_t>(cell)) = gamma_of(arms);
    }
  }
  return cores;
}

void correct_for_shared_cores(RunResult& result) {
  const SharedCores cores = shared_cores(result);
  for (SegmentRecord& segment : result.segments) {
    const std::optional<double> slow = slowdown(segment, cores.alone_ns);
    const double gamma = cores.gammas.at(segment.spec.kind).at(static_cast<std::size_t>(segment.spec.cell));
    segment.alone_factor = slow && *slow > 0 ? std::pow(*slow, -gamma) : 1;
  }
}

}  // namespace tracetax
