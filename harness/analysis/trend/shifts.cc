// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/trend/shifts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "harness/analysis/pairs/percent.h"
#include "harness/stats/e_divisive.h"
#include "harness/stats/holm.h"
#include "harness/stats/rank_sum.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

constexpr double kPlaceLevel = 0.01;
constexpr double kFewestDraws = 999, kMostDraws = 19'999;

/// The results of one series that are comparable with each other, as far as they have a number.
struct Stretch {
  SuiteHistory* history = nullptr;
  HistorySeries* series = nullptr;
  std::vector<std::size_t> runs;
  std::vector<double> logs;
  std::optional<ChangePoint> first;  // its best split
  [[nodiscard]] double p() const { return first ? first->p : 1; }
};

std::vector<Stretch> stretches_of(std::vector<SuiteHistory>& histories, bool control) {
  std::vector<Stretch> out;
  for (SuiteHistory& history : histories) {
    for (HistorySeries& series : history.series) {
      if (series.control != control) continue;
      for (std::size_t i = 0; i < series.points.size(); ++i) {
        const bool begins = i == 0 || history.forms[i] != history.forms[i - 1];
        if (begins)
          out.push_back(
              {.history = &history, .series = &series, .runs = {}, .logs = {}, .first = {}});
        const auto& point = series.points[i];
        if (!point || !point->pct) continue;
        out.back().runs.push_back(i);
        out.back().logs.push_back(std::log1p(*point->pct / 100));
      }
    }
  }
  std::erase_if(out, [](const Stretch& s) { return s.logs.size() < kFewestForShifts; });
  return out;
}

EDivisiveOptions search_of(std::size_t tested, double level) {
  const double draws =
      std::clamp(2 * static_cast<double>(tested) / kShiftLevel - 1, kFewestDraws, kMostDraws);
  EDivisiveOptions options;
  options.level = level;
  options.shortest = kShortestStretch;
  options.permutations = static_cast<int>(draws);
  return options;
}

/// The greatest p that Benjamini and Hochberg's rule still rejects; 0: none.
double limit_of(const std::vector<Stretch>& stretches) {
  std::vector<double> p;
  for (const Stretch& stretch : stretches) p.push_back(stretch.p());
  const std::vector<double> adjusted = benjamini_hochberg_adjusted(p);
  double limit = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (adjusted[i] <= kShiftLevel) limit = std::max(limit, p[i]);
  }
  return limit;
}

/// Both neighbours of changes[i], as far as the changes beside it.
std::pair<std::span<const double>, std::span<const double>> beside(
    std::span<const double> values, const std::vector<ChangePoint>& changes, std::size_t i) {
  const std::size_t since = i == 0 ? 0 : changes[i - 1].at;
  const std::size_t end = i + 1 == changes.size() ? values.size() : changes[i + 1].at;
  return {values.subspan(since, changes[i].at - since),
          values.subspan(changes[i].at, end - changes[i].at)};
}

double place_p(std::span<const double> before, std::span<const double> after) {
  const RankSumP p = rank_sum_p(before, after);
  return std::min(1.0, 2 * std::min(p.greater, p.less));
}

/// Takes changes away, the least clear first, until each is one of place.
void keep_moves(std::span<const double> values, std::vector<ChangePoint>& changes) {
  while (!changes.empty()) {
    std::size_t weakest = 0;
    double weakest_p = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const auto [before, after] = beside(values, changes, i);
      const double p = place_p(before, after);
      if (p > weakest_p) {
        weakest = i;
        weakest_p = p;
      }
    }
    if (weakest_p <= kPlaceLevel) return;
    changes.erase(changes.begin() + static_cast<std::ptrdiff_t>(weakest));
  }
}

/// Where a shift begins is known to a result or so.
bool machine_changes_near(const SuiteHistory& history, std::size_t run) {
  const std::size_t end = std::min(run + 2, history.machines.size());
  for (std::size_t i = std::max<std::size_t>(run, 2) - 1; i < end; ++i) {
    if (history.machines[i] != history.machines[i - 1]) return true;
  }
  return false;
}

/// How much a result tells of the next one, beside the levels between the changes; nothing where
/// that is no more than chance makes it in one of forty series.
std::optional<double> dependence_in(std::span<const double> values,
                                    const std::vector<ChangePoint>& changes) {
  std::vector<double> beside_level;
  std::size_t since = 0;
  for (std::size_t i = 0; i <= changes.size(); ++i) {
    const std::size_t end = i == changes.size() ? values.size() : changes[i].at;
    const auto part = values.subspan(since, end - since);
    const double level = *median({part.begin(), part.end()});
    for (const double value : part) beside_level.push_back(value - level);
    since = end;
  }
  const auto correlation = lag1_autocorrelation(beside_level);
  const double most = 2 / std::sqrt(static_cast<double>(values.size()));
  return correlation && *correlation > most ? correlation : std::nullopt;
}

std::vector<Shift> shifts_in(const Stretch& stretch, const EDivisiveOptions& options,
                             std::vector<std::string>& warnings) {
  const std::span<const double> values = stretch.logs;
  std::vector<ChangePoint> changes = e_divisive(values, options, stretch.first);
  keep_moves(values, changes);
  const auto dependence = changes.empty() ? std::nullopt : dependence_in(values, changes);
  if (dependence) {
    warnings.push_back(fmt::format(
        "{}: {} of {} is much as it was in the result before (correlation {:.2f}): what comes in "
        "waves looks like shifts, so they may be none",
        stretch.series->cell, label_of(stretch.series->metric), stretch.series->arm, *dependence));
  }
  std::vector<Shift> out;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto [before, after] = beside(values, changes, i);
    const std::size_t at = changes[i].at;
    Shift shift;
    shift.from = stretch.runs[at];
    shift.since = stretch.runs[at - before.size()];
    shift.until = stretch.runs[at + after.size() - 1];
    shift.before = static_cast<int>(before.size());
    shift.after = static_cast<int>(after.size());
    shift.before_pct = percent_of(*median({before.begin(), before.end()}));
    shift.after_pct = percent_of(*median({after.begin(), after.end()}));
    const double moved = *rank_sum_shift(before, after);
    shift.change_pct = percent_of(moved);
    if (const auto interval = rank_sum_interval(before, after, 0.95))
      shift.interval_pct = percent_of(interval->low, interval->high, interval->coverage);
    shift.p = changes[i].p;
    shift.for_the_worse = higher_is_better(stretch.series->metric) ? moved < 0 : moved > 0;
    shift.machine_changed = machine_changes_near(*stretch.history, stretch.runs[at]);
    out.push_back(shift);
  }
  return out;
}

/// One family of series; gives the limit.
double search(std::vector<Stretch>& stretches, std::vector<std::string>& warnings) {
  for (Stretch& stretch : stretches) {
    stretch.first = next_change(stretch.logs, {}, search_of(stretches.size(), kShiftLevel));
  }
  const double limit = limit_of(stretches);
  for (Stretch& stretch : stretches) {
    if (stretch.p() > limit) continue;
    for (Shift& shift : shifts_in(stretch, search_of(stretches.size(), limit), warnings))
      stretch.series->shifts.push_back(shift);
  }
  return limit;
}

}  // namespace

ShiftSearch find_shifts(std::vector<SuiteHistory>& histories) {
  ShiftSearch found;
  std::vector<Stretch> stretches = stretches_of(histories, false);
  found.tested = static_cast<int>(stretches.size());
  found.limit = search(stretches, found.warnings);
  std::vector<Stretch> controls = stretches_of(histories, true);
  search(controls, found.warnings);
  for (const Stretch& stretch : controls) {
    for (const Shift& shift : stretch.series->shifts) {
      const HistoryRun& run = stretch.history->runs[shift.from];
      found.warnings.push_back(fmt::format(
          "{}: {} of {} against off shifted by {} % with the result of {}, though it is off once "
          "more: the machine or the way of measuring moved, and may have moved the other arms too",
          stretch.series->cell, label_of(stretch.series->metric), stretch.series->arm,
          format_interval(shift.interval_pct), run.started_at));
    }
  }
  return found;
}

const Shift* recent_worse(const SuiteHistory& history, const HistorySeries& series,
                          std::size_t results, const Margins& margins) {
  if (series.control || series.shifts.empty()) return nullptr;
  const Shift& newest = series.shifts.back();
  const double size = std::abs(newest.change_pct);
  const bool recent = newest.from + results >= history.runs.size();
  return newest.for_the_worse && recent && size > margins.of(series.metric) ? &newest : nullptr;
}

}  // namespace tracetax
