// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/fidelity/fidelity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analysis/cost_model.h"
#include "harness/analysis/pairs/level.h"
#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/core/metric_value.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"
#include "harness/stats/signed_rank_ratio.h"

namespace tracetax {
namespace {

constexpr double kFidelityLevel = 0.95;
constexpr std::uint64_t kTauSeed = 20'261'130;  // fixed: a report of a run is always the same

using ByBlock = std::map<int, double>;

/// What was measured of one cell, by block.
struct Measured {
  ByBlock values;
  bool logarithms = false;
};

const TargetSpec& target_of(const RunResult& result, int cell) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell));
  return result.suite.targets.at(static_cast<std::size_t>(where.target));
}

std::optional<double> voluntary_switches(const SegmentRecord& segment) {
  if (!segment.valid() || !segment.usage || segment.requests == 0) return std::nullopt;
  if (segment.usage->voluntary_switches == 0) return std::nullopt;
  return static_cast<double>(segment.usage->voluntary_switches) /
         static_cast<double>(segment.requests);
}

Measured switches_of(const RunResult& result, int cell, int arm) {
  const CellSegments segments(result, cell);
  ByBlock by_block;
  for (const int block : segments.blocks()) {
    const SegmentRecord* segment = segments.find(block, arm, SegmentKind::open);
    const auto value = segment == nullptr ? std::nullopt : voluntary_switches(*segment);
    if (value) by_block.emplace(block, std::log(*value));
  }
  return {unit_means(segments.units(), by_block), true};
}

Measured overhead_of(const RunResult& result, int cell, int arm) {
  const Pairs pairs = make_pairs(
      CellSegments(result, cell), 0, arm, SegmentKind::open,
      [](const SegmentRecord& segment) { return value_of(segment, Metric::cpu_per_request); });
  Measured measured;
  for (std::size_t i = 0; i < pairs.blocks.size(); ++i)
    measured.values.emplace(pairs.blocks[i], percent_of(pairs.log_ratios[i]));
  return measured;
}

Measured measured_of(const RunResult& result, int cell, const FidelityQuantity& quantity) {
  const auto level = [&](Metric metric) {
    return Measured{level_of(result, cell, quantity.arm, metric).logarithms, true};
  };
  switch (quantity.kind) {
    case FidelityKind::cpu_off:
      return level(Metric::cpu_per_request);
    case FidelityKind::a:
      return {fit_cost_model(result, cell).a_by_block, false};
    case FidelityKind::b:
      return {fit_cost_model(result, cell).b_by_block, false};
    case FidelityKind::overhead:
      return overhead_of(result, cell, quantity.arm);
    case FidelityKind::capacity:
      return level(Metric::capacity);
    case FidelityKind::memory:
      return level(Metric::rss_peak);
    case FidelityKind::switches:
      return switches_of(result, cell, quantity.arm);
  }
  return {};
}

/// off2 against off, in the quantity itself, or, for an overhead, in CPU.
std::optional<double> floor_of(const RunResult& result, int cell, FidelityQuantity quantity) {
  if (quantity.kind == FidelityKind::overhead) quantity = {};
  const auto& arms = result.suite.arms;
  const auto sham = std::ranges::find(arms, ArmRole::sham, &ArmSpec::role);
  if (sham == arms.end() || quantity.arm != 0) return std::nullopt;
  const Measured off = measured_of(result, cell, quantity);
  if (!off.logarithms) return std::nullopt;
  FidelityQuantity again = quantity;
  again.arm = static_cast<int>(sham - arms.begin());
  const Measured off2 = measured_of(result, cell, again);
  std::vector<double> differences;
  for (const auto& [block, value] : off2.values) {
    const auto paired = off.values.find(block);
    if (paired != off.values.end()) differences.push_back(value - paired->second);
  }
  const auto interval = signed_rank_interval(differences, kFidelityLevel);
  if (!interval) return std::nullopt;
  return std::max(std::abs(std::expm1(interval->low)), std::abs(std::expm1(interval->high)));
}

FidelitySide side_of(const Measured& measured) {
  const std::vector<double> values = values_of(measured.values);
  FidelitySide side;
  side.blocks = static_cast<int>(values.size());
  const auto scale = [&](double value) { return measured.logarithms ? std::exp(value) : value; };
  if (const auto middle = hodges_lehmann(values)) side.value = scale(*middle);
  if (const auto interval = signed_rank_interval(values, kFidelityLevel)) {
    side.interval = Interval{
        .low = scale(interval->low), .high = scale(interval->high), .level = interval->coverage};
  }
  return side;
}

void add_ratio(const Measured& real, const Measured& emulated, FidelityRatio& found) {
  std::vector<double> above, below;
  for (const auto& [block, value] : real.values) {
    const auto paired = emulated.values.find(block);
    if (paired == emulated.values.end()) continue;
    above.push_back(value);
    below.push_back(paired->second);
  }
  found.blocks = static_cast<int>(above.size());
  if (found.blocks < kFewestFidelityBlocks) {
    found.reason = fmt::format("{} blocks have a valid value of both; an interval needs {}",
                               found.blocks, kFewestFidelityBlocks);
    return;
  }
  if (!real.logarithms) {
    const auto ratio = signed_rank_ratio(above, below, kFidelityLevel);
    if (!ratio) {
      found.reason = "the emulated one's is not told apart from 0";
      return;
    }
    found.ratio = ratio->ratio;
    found.interval = Interval{.low = ratio->low, .high = ratio->high, .level = ratio->coverage};
    return;
  }
  for (std::size_t i = 0; i < above.size(); ++i) above[i] -= below[i];
  const auto interval = signed_rank_interval(above, kFidelityLevel);
  found.ratio = std::exp(*hodges_lehmann(above));
  found.interval = Interval{.low = std::exp(interval->low),
                            .high = std::exp(interval->high),
                            .level = interval->coverage};
}

/// The arms that export, in the suite's order, and the one of them that samples most.
struct TracedArmsOfPairs {
  std::vector<int> all;
  int most = 0;
};

TracedArmsOfPairs traced_arms_of(const RunResult& result, const FidelityPair& pair) {
  const std::vector<ArmSpec>& arms = result.suite.arms;
  TracedArmsOfPairs traced;
  for (int arm = 0; arm < static_cast<int>(arms.size()); ++arm) {
    const ArmSpec& spec = arms[static_cast<std::size_t>(arm)];
    if (spec.role != ArmRole::traced ||
        state_of(spec, target_of(result, pair.real)) != TracingState::exporting) {
      continue;
    }
    const auto& most = arms[static_cast<std::size_t>(traced.most)];
    if (traced.all.empty() || spec.rate > most.rate) traced.most = arm;
    traced.all.push_back(arm);
  }
  return traced;
}

std::vector<FidelityQuantity> quantities_of(const RunResult& result, const FidelityPair& pair) {
  const TracedArmsOfPairs traced = traced_arms_of(result, pair);
  std::vector<FidelityQuantity> all{{FidelityKind::cpu_off}};
  if (traced.all.size() > 1) {
    all.push_back({FidelityKind::a});
    all.push_back({FidelityKind::b});
  }
  for (const int arm : traced.all) all.push_back({FidelityKind::overhead, arm});
  for (const FidelityKind kind :
       {FidelityKind::capacity, FidelityKind::memory, FidelityKind::switches}) {
    if (kind == FidelityKind::capacity && !result.suite.design.capacity) continue;
    all.push_back({kind, 0});
    if (!traced.all.empty()) all.push_back({kind, traced.most});
  }
  return all;
}

/// The emulated cell that stands beside the real one in `cell`.
std::optional<int> emulated_beside(const RunResult& result, int cell) {
  const TargetSpec& real = target_of(result, cell);
  if (real.kind != TargetKind::real || real.pair.empty()) return std::nullopt;
  const Cell& where = result.plan.cells[static_cast<std::size_t>(cell)];
  for (int other = 0; other < static_cast<int>(result.plan.cells.size()); ++other) {
    const TargetSpec& target = target_of(result, other);
    const Cell& there = result.plan.cells[static_cast<std::size_t>(other)];
    if (target.kind == TargetKind::emulated && target.pair == real.pair &&
        there.scenario == where.scenario && there.level == where.level) {
      return other;
    }
  }
  return std::nullopt;
}

std::vector<FidelityPair> pairs_of(const RunResult& result) {
  std::vector<FidelityPair> pairs;
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    const auto emulated = emulated_beside(result, cell);
    if (!emulated) continue;
    FidelityPair& pair = pairs.emplace_back();
    pair.name = target_of(result, cell).pair;
    pair.framework = target_of(result, *emulated).framework;
    pair.real = cell;
    pair.emulated = *emulated;
  }
  const std::vector<FidelityPair> all = pairs;
  for (FidelityPair& pair : pairs) {
    if (std::ranges::count(all, pair.name, &FidelityPair::name) < 2) continue;
    const std::string cell = cell_name(result, pair.real);
    const auto scenario = cell.find(" / ");
    if (scenario != std::string::npos) pair.name += cell.substr(scenario);
  }
  return pairs;
}

}  // namespace

std::string id_of(const Suite& suite, const FidelityQuantity& quantity) {
  const std::string& arm = suite.arms.at(static_cast<std::size_t>(quantity.arm)).name;
  switch (quantity.kind) {
    case FidelityKind::cpu_off:
      return "cpu_off";
    case FidelityKind::a:
      return "a";
    case FidelityKind::b:
      return "b";
    case FidelityKind::overhead:
      return "overhead " + arm;
    case FidelityKind::capacity:
      return "capacity " + arm;
    case FidelityKind::memory:
      return "memory " + arm;
    case FidelityKind::switches:
      return "switches " + arm;
  }
  return "";
}

Fidelity fidelity_of(const RunResult& result) {
  Fidelity fidelity;
  fidelity.pairs = pairs_of(result);
  if (fidelity.pairs.empty()) return fidelity;
  fidelity.quantities = quantities_of(result, fidelity.pairs.front());
  for (const FidelityQuantity& quantity : fidelity.quantities) {
    std::vector<TwoWays> frameworks;
    for (FidelityPair& pair : fidelity.pairs) {
      const Measured real = measured_of(result, pair.real, quantity);
      const Measured emulated = measured_of(result, pair.emulated, quantity);
      FidelityRatio& ratio = pair.ratios.emplace_back();
      ratio.quantity = quantity;
      ratio.real = side_of(real);
      ratio.emulated = side_of(emulated);
      ratio.real.floor = floor_of(result, pair.real, quantity);
      ratio.emulated.floor = floor_of(result, pair.emulated, quantity);
      add_ratio(real, emulated, ratio);
      // Only those that have a ratio: a side of few blocks would stand for a framework as others
      // do.
      if (ratio.blocks >= kFewestFidelityBlocks) {
        frameworks.push_back({real.values, emulated.values});
      }
    }
    fidelity.taus.push_back(rank_agreement(frameworks, kTauResamples, kTauSeed));
  }
  return fidelity;
}

std::optional<FidelityRatio> real_beside(const RunResult& result, int cell) {
  for (int real = 0; real < static_cast<int>(result.plan.cells.size()); ++real) {
    if (emulated_beside(result, real) != cell) continue;
    FidelityRatio ratio;
    add_ratio(measured_of(result, real, ratio.quantity), measured_of(result, cell, ratio.quantity),
              ratio);
    return ratio;
  }
  return std::nullopt;
}

std::optional<WithinFactor> within_factor(const FidelityRatio& ratio) {
  if (!ratio.ratio || !ratio.interval) return std::nullopt;
  const Interval& interval = *ratio.interval;
  if (interval.low > kFactor || interval.high < 1 / kFactor) return WithinFactor::no;
  if (interval.high <= kFactor && interval.low >= 1 / kFactor) return WithinFactor::yes;
  return WithinFactor::not_settled;
}

}  // namespace tracetax
