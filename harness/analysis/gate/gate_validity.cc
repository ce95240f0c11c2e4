// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/gate/gate_validity.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/analysis/gate/gate_question.h"
#include "harness/analysis/pairs/driver_voids.h"
#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/core/metric_value.h"
#include "harness/core/text/effect_text.h"
#include "harness/stats/binomial.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

/// What no pair may have: the number of such a segment would be a lie about tracing, not noise.
bool spoils_the_run(VoidRule rule) {
  switch (rule) {
    case VoidRule::receipt_open:
    case VoidRule::too_many_errors:
    case VoidRule::target_restarted:
    case VoidRule::target_failed:
    case VoidRule::target_killed:
    case VoidRule::companion_failed:
    case VoidRule::invariant_broken:
      return true;
    case VoidRule::rate_not_achieved:
    case VoidRule::driver_lag:
    case VoidRule::machine_stalled:
    case VoidRule::driver_saturated:
    case VoidRule::not_warm:
    case VoidRule::interrupted:
      return false;
  }
  return true;
}

/// Whether the verdict rests on this segment: an arm that nobody judges may be as broken as it
/// likes.
bool matters(const RunResult& result, const SegmentRecord& segment) {
  const GateSpec& gate = *result.gate;
  if (segment.spec.kind == SegmentKind::capacity && !judges(gate, SegmentKind::capacity))
    return false;
  const ArmSpec& arm = result.suite.arms[static_cast<std::size_t>(segment.spec.arm)];
  if (arm.role != ArmRole::traced) return true;
  return std::ranges::find(gate.arms, arm.name) != gate.arms.end();
}

struct RuleCount {
  int segments = 0;
  const SegmentRecord* first = nullptr;
  std::string detail;
};

std::map<VoidRule, RuleCount> count_rules(const RunResult& result, int cell) {
  std::map<VoidRule, RuleCount> counts;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || !matters(result, segment)) continue;
    for (const VoidReason& reason : segment.voids) {
      RuleCount& count = counts[reason.rule];
      if (count.segments++ == 0) {
        count.first = &segment;
        count.detail = reason.detail;
      }
    }
  }
  return counts;
}

std::string describe(VoidRule rule, const RuleCount& count) {
  return fmt::format("{} in {} segment{}; first in block {}, {}: {}", name_of(rule), count.segments,
                     count.segments == 1 ? "" : "s", count.first->spec.block + 1, count.first->arm,
                     count.detail);
}

void check_lost_blocks(const RunResult& result, int cell, const std::string& where,
                       const std::map<VoidRule, RuleCount>& rules, std::vector<std::string>& out) {
  std::set<int> measured, lost;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || !matters(result, segment)) continue;
    measured.insert(segment.spec.block);
    if (!segment.valid()) lost.insert(segment.spec.block);
  }
  if (!are_too_many_lost(static_cast<int>(lost.size()), static_cast<int>(measured.size()))) return;
  std::string text =
      fmt::format("{}{} of {} blocks are lost to void segments; at most a quarter may be", where,
                  lost.size(), measured.size());
  for (const auto& [rule, count] : rules) {
    if (!spoils_the_run(rule)) text += "; " + describe(rule, count);
  }
  out.push_back(std::move(text));
}

struct Tally {
  std::uint64_t errors = 0, sent = 0;
};

/// Errors of each arm, over the blocks that were looked at.
std::map<int, Tally> tally_errors(const RunResult& result, int cell, int looked_at) {
  std::map<int, Tally> tallies;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.block > looked_at) continue;
    if (!segment.valid() || !matters(result, segment)) continue;
    Tally& tally = tallies[segment.spec.arm];
    tally.sent += segment.sent;
    for (const auto& [kind, times] : segment.errors) tally.errors += times;
  }
  return tallies;
}

void check_error_shares(const RunResult& result, int cell, int looked_at, const std::string& where,
                        std::vector<std::string>& out) {
  const auto tallies = tally_errors(result, cell, looked_at);
  const auto off = tallies.find(0);
  if (off == tallies.end()) return;
  const double level = kUnlikely / static_cast<double>(checkpoints_of(*result.gate).size());
  for (const auto& [arm, tally] : tallies) {
    if (arm == 0) continue;
    const double p = fisher_p(off->second.errors, off->second.sent, tally.errors, tally.sent);
    if (p >= level) continue;
    out.push_back(fmt::format(
        "{}the error shares differ: {} of {} requests in off, {} of {} in {} (Fisher p = {:.2g}); "
        "the arms do not do "
        "the same work",
        where, off->second.errors, format_count(off->second.sent), tally.errors,
        format_count(tally.sent), result.suite.arms[static_cast<std::size_t>(arm)].name, p));
  }
}

void check_driver_voids(const RunResult& result, int cell, int looked_at, const std::string& where,
                        std::vector<std::string>& out) {
  const double level = kUnlikely / static_cast<double>(checkpoints_of(*result.gate).size());
  for (const DriverVoids& voids : driver_voids(result, cell, looked_at)) {
    if (voids.p >= level) continue;
    out.push_back(
        fmt::format("{}the driver or the machine voided {} of {} segments of off and {} of {} of "
                    "{} (Fisher p = "
                    "{:.2g}): what was dropped depends on the arm, so what is left is biased; "
                    "lower the rate, or "
                    "give driver and sink more CPUs",
                    where, voids.off_lost, voids.off_all, voids.on_lost, voids.on_all,
                    result.suite.arms[static_cast<std::size_t>(voids.arm)].name, voids.p));
  }
}

/// `off2` is off once more: if it differs, whatever makes it differ is in every other comparison
/// too.
void check_sham(const RunResult& result, int cell, int looked_at, const std::string& where,
                std::vector<std::string>& out) {
  const CellSegments segments(result, cell);
  const double level = 1 - kUnlikely / static_cast<double>(checkpoints_of(*result.gate).size());
  for (std::size_t arm = 1; arm < result.suite.arms.size(); ++arm) {
    const ArmSpec& spec = result.suite.arms[arm];
    const bool judged = std::ranges::find(result.gate->arms, spec.name) != result.gate->arms.end();
    if (spec.role != ArmRole::sham || judged) continue;
    for (const GateMetric& gated : result.gate->metrics) {
      if (!gated.required) continue;
      Pairs pairs =
          make_pairs(segments, 0, static_cast<int>(arm), gated.metric->kind,
                     [&](const SegmentRecord& segment) { return value_of(segment, gated.metric); });
      const auto seen = std::ranges::upper_bound(pairs.blocks, looked_at) - pairs.blocks.begin();
      const auto interval = signed_rank_interval(
          std::span(pairs.log_ratios).first(static_cast<std::size_t>(seen)), level);
      if (!interval || (interval->low <= 0 && interval->high >= 0)) continue;
      const Interval percent = percent_of(interval->low, interval->high, interval->coverage);
      out.push_back(
          fmt::format("{}{} of {} differs from off by {}, and it is off once more: something in "
                      "this run favours an arm",
                      where, label_of(gated.metric), spec.name, format_interval(percent)));
    }
  }
}

}  // namespace

bool are_too_many_lost(int lost, int all) {
  constexpr int kEveryRunMayLose = 3;
  return lost > kEveryRunMayLose && 4 * lost > all;
}

std::vector<std::string> find_invalidity(const RunResult& result, int cell, int looked_at) {
  const std::string where = result.plan.cells.size() > 1 ? cell_name(result, cell) + ": " : "";
  std::vector<std::string> out;
  const auto rules = count_rules(result, cell);
  for (const auto& [rule, count] : rules) {
    if (spoils_the_run(rule)) out.push_back(where + describe(rule, count));
  }
  check_lost_blocks(result, cell, where, rules, out);
  check_error_shares(result, cell, looked_at, where, out);
  check_driver_voids(result, cell, looked_at, where, out);
  check_sham(result, cell, looked_at, where, out);
  return out;
}

std::optional<std::string> find_spoiled(const RunResult& result, int cell, int arm,
                                        SegmentKind kind) {
  for (const SegmentRecord& segment : result.segments) {
    const SegmentSpec& spec = segment.spec;
    if (spec.cell != cell || spec.kind != kind || (spec.arm != arm && spec.arm != 0)) continue;
    for (const VoidReason& reason : segment.voids) {
      if (!spoils_the_run(reason.rule)) continue;
      return fmt::format("{} in block {}, {}: {}", name_of(reason.rule), spec.block + 1,
                         segment.arm, reason.detail);
    }
  }
  return std::nullopt;
}

}  // namespace tracetax
