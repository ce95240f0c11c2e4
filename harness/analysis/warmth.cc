// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/warmth.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/core/text/units.h"
#include "harness/core/warm.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kFallToTell = 3;  // percent
constexpr std::size_t kFewestLastCosts = 3;

/// "131, 128, 120 us".
std::string last_costs(const WarmUp& warm) {
  std::string text;
  const std::size_t all = warm.window_costs_us.size();
  for (std::size_t i = all - std::min(all, kFewestLastCosts); i < all; ++i)
    text += fmt::format("{}{:.3g}", text.empty() ? "" : ", ", warm.window_costs_us[i]);
  return text + " us";
}

void warn_of_limits(const RunResult& result, int cell, int arm, std::vector<std::string>& out) {
  int warm_ups = 0, limited = 0;
  const SegmentRecord* first = nullptr;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.arm != arm || !segment.warm_up) continue;
    ++warm_ups;
    if (segment.warm_up->steady) continue;
    ++limited;
    if (first == nullptr) first = &segment;
  }
  if (limited == 0) return;
  out.push_back(
      fmt::format("{}: {} of {} warm-ups of {} reached the limit of {} before CPU per request was "
                  "steady ({} in "
                  "the last windows of the first); raise it: --set design.warmup_limit={}",
                  cell_name(result, cell), limited, warm_ups, first->arm,
                  format_duration(result.suite.design.warmup_limit), last_costs(*first->warm_up),
                  format_duration_exact(2 * result.suite.design.warmup_limit)));
}

void warn_of_falls(const RunResult& result, int cell, const CellSegments& segments, int arm,
                   std::vector<std::string>& out) {
  std::map<int, double> falls;
  for (const int block : segments.blocks()) {
    const SegmentRecord* segment = segments.find(block, arm, SegmentKind::open);
    if (segment == nullptr || !segment->valid()) continue;
    if (const auto fall = fall_of(*segment)) falls.emplace(block, *fall);
  }
  const std::vector<double> units = values_of(unit_means(segments.units(), falls));
  const auto interval = signed_rank_interval(units, 0.95);
  if (!interval || interval->low <= 0) return;
  const double fall_pct = 100 * -std::expm1(-*hodges_lehmann(units));
  if (fall_pct <= kFallToTell) return;
  const bool until_steady = result.suite.design.until_steady;
  out.push_back(fmt::format(
      "{}: CPU per request of {} still fell by {:.2g} % from the first to the last third of a "
      "segment (exact test, p < 0.05): it was not quite warm, and its numbers are partly those of "
      "a "
      "start; {}",
      cell_name(result, cell), result.suite.arms[static_cast<std::size_t>(arm)].name, fall_pct,
      until_steady ? "give it a longer warm-up: --set design.warmup=60s"
                   : "--set 'design.warmup=until steady'"));
}

}  // namespace

std::optional<WarmUps> warm_ups_of(const RunResult& result) {
  WarmUps all;
  for (const SegmentRecord& segment : result.segments) {
    if (!segment.warm_up) continue;
    const double took_s = segment.warm_up->took_s;
    if (!segment.warm_up->steady) {
      ++all.limited;
    } else if (all.steady++ == 0) {
      all.least_s = all.most_s = took_s;
    } else {
      all.least_s = std::min(all.least_s, took_s);
      all.most_s = std::max(all.most_s, took_s);
    }
  }
  return all.steady + all.limited > 0 ? std::optional(all) : std::nullopt;
}

void warn_of_cold_targets(const RunResult& result, std::vector<std::string>& out) {
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    const CellSegments segments(result, cell);
    for (int arm = 0; arm < static_cast<int>(result.suite.arms.size()); ++arm) {
      warn_of_limits(result, cell, arm, out);
      warn_of_falls(result, cell, segments, arm, out);
    }
  }
}

}  // namespace tracetax
