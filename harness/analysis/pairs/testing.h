// Made-up runs that are judged, cheap enough for thousands: CPU values only, no histograms. With
// the noise that shared machines make, for tests of what a verdict is worth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "harness/core/gate/effort.h"
#include "harness/core/testing.h"

namespace tracetax::testing {

/// CPU per request within `pct`, required, of on@10%, with the looks of `effort`.
inline GateSpec cpu_gate(Effort effort, double pct = 5) {
  GateSpec gate;
  gate.arms = {"on@10%"};
  gate.metrics = {{Metric::cpu_per_request, true, {pct, std::nullopt}, 3}};
  gate.effort = effort;
  gate.looks = looks_of(effort);
  gate.alpha = total_alpha(gate.looks);
  return gate;
}

/// off and on@10%.
inline Suite pair_suite(int blocks) {
  Suite suite = test_suite(blocks);
  suite.arms = {test_arm("off", ArmRole::off, 0), test_arm("on@10%", ArmRole::traced, 0.1)};
  return suite;
}

/// A segment without requests in its histograms: only CPU, memory, rates and counts are there.
inline SegmentRecord bare_segment(const SegmentSpec& spec, const ArmSpec& arm) {
  static const SegmentRecord bare = [] {
    SegmentRecord segment;
    for (const RequestTime& time : kRequestTimes) {
      segment.times.*time.histogram =
          Histogram(HistogramRange{.lowest = 1, .highest = 2, .digits = 1});
    }
    segment.requests = segment.sent = kTestRequests;
    segment.achieved_rate = 30'000;
    segment.usage = TargetUsage{};
    segment.usage->rss_peak_bytes = 12'000'000;
    return segment;
  }();
  SegmentRecord segment = bare;
  segment.spec = spec;
  segment.arm = arm.name;
  return segment;
}

/// A complete run of bare segments with `cpu_us(block, arm)` each, then shaped. All cells alike.
inline RunResult bare_run(const Suite& suite, GateSpec gate,
                          const std::function<double(int block, int arm)>& cpu_us,
                          const Shape& shape = {}, int cells = 1) {
  RunResult result;
  result.status = RunStatus::complete;
  result.suite = suite;
  result.gate = std::move(gate);
  result.plan.cells.assign(static_cast<std::size_t>(cells), Cell{});
  const int arms = static_cast<int>(suite.arms.size());
  for (int cell = 0; cell < cells; ++cell) {
    for (int block = 0; block < suite.design.blocks; ++block) {
      for (const SegmentKind kind : {SegmentKind::open, SegmentKind::capacity}) {
        if (kind == SegmentKind::capacity && !suite.design.capacity) continue;
        for (int arm = 0; arm < arms; ++arm) {
          SegmentSpec spec;
          spec.cell = cell;
          spec.block = block;
          spec.position = arm;
          spec.arm = arm;
          spec.kind = kind;
          SegmentRecord segment = bare_segment(spec, suite.arms[static_cast<std::size_t>(arm)]);
          set_cpu_us(segment, cpu_us(block, arm));
          if (shape) shape(segment);
          result.plan.segments.push_back(spec);
          result.segments.push_back(std::move(segment));
        }
      }
    }
  }
  return result;
}

/// A factor without ties within +-0.5 %, the same in every run: noise that is not drawn. Even and
/// odd arms take turns in being the slower one, so that their paired ratios lie evenly about the
/// truth.
inline double jitter(int block, int arm) {
  const auto mixed = static_cast<std::uint64_t>(block * 31 + arm * 17 + 5) * 0x9e3779b97f4a7c15U;
  const double size = 0.5 + 0.5 * static_cast<double>(mixed >> 11U) * 0x1p-53;
  return std::exp(0.005 * size * ((block + arm) % 2 == 0 ? 1 : -1));
}

/// The noise of one segment after the other, as factors; see the method's four models.
struct NoiseModel {
  const char* name;
  double freedom;     // of Student's t; 0: normal
  double scale;       // of it
  double slow_sd;     // of an AR(0.9) process
  double trend;       // over the whole session, up or down
  double slow_state;  // cost of a slow state, entered after 30 segments, left after 10 on average
  double spike_share, spike_mean;
};
inline constexpr NoiseModel kSteady{"steady", 0, 0.01, 0, 0, 0, 0, 0};
inline constexpr NoiseModel kDrifting{"drifting machine", 4, 0.015, 0.02, 0.08, 0, 0, 0};
inline constexpr NoiseModel kShared{"shared runner, CPU", 3, 0.02, 0.04, 0, 0.15, 0.04, 0.20};
inline constexpr NoiseModel kSharedTail{"shared runner, p99", 3, 0.06, 0.08, 0, 0.40, 0.08, 0.50};

class NoiseSource {
 public:
  NoiseSource(const NoiseModel& model, std::uint64_t seed) : model_(model), random_(seed) {}

  /// A session of so many segments.
  std::vector<double> session(int segments) {
    std::vector<double> factors;
    const double slope = (coin(0.5) ? 1 : -1) * model_.trend;
    double slow = model_.slow_sd * normal_(random_);
    bool in_slow_state = false;
    for (int i = 0; i < segments; ++i) {
      slow = 0.9 * slow + model_.slow_sd * std::sqrt(1 - 0.81) * normal_(random_);
      in_slow_state = in_slow_state ? !coin(0.1) : coin(1.0 / 30);
      double log_factor = model_.scale * fast() + slow + slope * i / segments;
      if (in_slow_state) log_factor += std::log1p(model_.slow_state);
      if (coin(model_.spike_share)) log_factor += spike_(random_) * model_.spike_mean;
      factors.push_back(std::exp(log_factor));
    }
    return factors;
  }
  bool coin(double share) { return uniform_(random_) < share; }
  double normal() { return normal_(random_); }
  /// 0 to arms - 1 in random order.
  std::vector<int> order(int arms) {
    std::vector<int> all;
    for (int arm = 0; arm < arms; ++arm) all.push_back(arm);
    std::ranges::shuffle(all, random_);
    return all;
  }

 private:
  double fast() {
    if (model_.freedom == 0) return normal_(random_);
    return std::student_t_distribution<double>(model_.freedom)(random_);
  }

  NoiseModel model_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  std::exponential_distribution<double> spike_{1};
};

/// The factor that an arm's cost has in a block, beside the noise.
using Effect = std::function<double(int block, int arm)>;

/// Writes a new session into a bare run of one cell: arms in random order within each block, 20 us
/// times noise times effect.
inline void simulate(RunResult& result, NoiseSource& noise, const Effect& effect) {
  const int arms = static_cast<int>(result.suite.arms.size());
  const std::vector<double> factors = noise.session(static_cast<int>(result.segments.size()));
  for (std::size_t first = 0; first < result.segments.size();
       first += static_cast<std::size_t>(arms)) {
    std::size_t place = first;
    for (const int arm : noise.order(arms)) {
      SegmentRecord& segment = result.segments[first + static_cast<std::size_t>(arm)];
      set_cpu_us(segment, 20 * factors[place++] * effect(segment.spec.block, arm));
    }
  }
}

}  // namespace tracetax::testing
