// SPDX-License-Identifier: Apache-2.0
#include "reports/several/trend_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/text/effect_text.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

constexpr std::size_t kLongestLabel = 40, kLongestFile = 200;

bool is_commit(const std::string& label) {
  return label.size() >= 12 && label.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// With as many digits as are worth something: "+30.1 %", "+125 %".
std::string percent_text(double percent) {
  const double size = std::abs(percent);
  return fmt::format("{:+.{}f} %", percent, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/// "higher by 10.1 % [9.2, 11]".
std::string moved_text(const Shift& shift) {
  Interval size = shift.interval_pct;
  if (shift.change_pct < 0) size = {.low = -size.high, .high = -size.low, .level = size.level};
  return fmt::format("{} by {}", shift.change_pct < 0 ? "lower" : "higher",
                     format_amount(std::abs(shift.change_pct), size, "%"));
}

std::string shift_sentence(const SuiteHistory& history, const HistorySeries& series,
                           const Shift& shift) {
  std::string text = fmt::format(
      "From {} on, {} of {} in {}, against off, is {}: the overhead was {} in {} results, and is "
      "{} in the {} since.",
      name_of(history.runs[shift.from]), label_of(series.metric), series.arm, series.cell,
      moved_text(shift), percent_text(shift.before_pct), shift.before,
      percent_text(shift.after_pct), shift.after);
  if (shift.until + 1 < history.runs.size() && &shift != &series.shifts.back())
    text += fmt::format(" That lasted until {}.", name_of(history.runs[shift.until]));
  if (shift.machine_changed) text += " The machine changed there too, and may be the cause.";
  return text;
}

struct FoundShift {
  const HistorySeries* series;
  const Shift* shift;
};

std::vector<FoundShift> newest_first(const SuiteHistory& history) {
  std::vector<FoundShift> all;
  for (const HistorySeries& series : history.series) {
    if (series.control) continue;  // a warning
    for (const Shift& shift : series.shifts) all.push_back({&series, &shift});
  }
  std::ranges::stable_sort(all, std::ranges::greater{},
                           [](const FoundShift& found) { return found.shift->from; });
  return all;
}

std::string lead_of(const SuiteHistory& history, const std::vector<FoundShift>& shifts) {
  const std::size_t results = history.runs.size();
  if (results < kFewestForShifts) {
    return fmt::format("{} results are too few to find shifts in: that takes {}.", results,
                       kFewestForShifts);
  }
  if (shifts.empty()) return "Nothing has shifted.";
  const auto worse = std::ranges::count_if(
      shifts, [](const FoundShift& found) { return found.shift->for_the_worse; });
  return fmt::format("{} {}, {} for the worse.", shifts.size(),
                     shifts.size() == 1 ? "shift" : "shifts",
                     worse == 0 ? "none" : std::to_string(worse));
}

/// "2 machines: 1 is ..., 2 is ..." with what tells them apart.
std::vector<std::string> notes_on(const SuiteHistory& history) {
  std::vector<std::string> notes;
  if (history.left_out > 0)
    notes.push_back(fmt::format("older results that are left out (--last): {}", history.left_out));
  const int machines = std::ranges::max(history.machines), forms = std::ranges::max(history.forms);
  for (int machine = 1; machines > 1 && machine <= machines; ++machine) {
    const auto first = std::ranges::find(history.machines, machine) - history.machines.begin();
    notes.push_back(
        fmt::format("machine {}: {} (fingerprint {})", machine,
                    history.runs[static_cast<std::size_t>(first)].machine,
                    history.runs[static_cast<std::size_t>(first)].fingerprint.substr(0, 12)));
  }
  for (const HistorySeries& series : history.series) {  // of one arm mostly for all its metrics
    const auto& newest = series.points.back();
    if (!newest || newest->why_void.empty()) continue;
    const std::string note = fmt::format("{} in {} has no number in the newest result: {}",
                                         series.arm, series.cell, newest->why_void);
    if (std::ranges::find(notes, note) == notes.end()) notes.push_back(note);
  }
  for (int form = 2; form <= forms; ++form) {
    const auto first = std::ranges::find(history.forms, form) - history.forms.begin();
    notes.push_back(
        fmt::format("the suite was changed with {}: results before and after are not compared",
                    name_of(history.runs[static_cast<std::size_t>(first)])));
  }
  return notes;
}

Table now_table(const SuiteHistory& history) {
  Table table;
  table.columns = {{.title = "metric"},
                   {.title = "arm"},
                   {.title = "newest overhead", .right = true},
                   {.title = "at level", .right = true},
                   {.title = "since", .keep = 2},
                   {.title = "last shift", .right = true},
                   {.title = "results", .right = true, .keep = 1}};
  const bool several = std::ranges::any_of(history.series, [&](const HistorySeries& series) {
    return series.cell != history.series.front().cell;
  });
  if (several) table.columns.insert(table.columns.begin(), {.title = "cell"});
  for (const HistorySeries& series : history.series) {
    std::vector<double> level;
    const std::size_t since = series.shifts.empty() ? 0 : series.shifts.back().from;
    int results = 0;
    for (std::size_t i = 0; i < series.points.size(); ++i) {
      if (!series.points[i] || !series.points[i]->pct) continue;
      ++results;
      if (i >= since && history.forms[i] == history.forms.back())
        level.push_back(*series.points[i]->pct);
    }
    std::ranges::sort(level);
    const auto& newest = series.points.back();
    const bool known = newest && newest->pct && newest->interval_pct;
    std::vector<std::string> row{
        std::string(label_of(series.metric)),
        series.arm + (series.control ? " (control)" : ""),
        known ? format_effect(*newest->pct, *newest->interval_pct) : "void",
        level.empty() ? "void" : percent_text(level[level.size() / 2]),
        day_of(history.runs[since]),
        series.shifts.empty() ? "none" : size_text(series.shifts.back()),
        std::to_string(results)};
    if (several) row.insert(row.begin(), series.cell);
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table result_table(const SuiteHistory& history) {
  Table table;
  table.columns = {{.title = "#", .right = true},
                   {.title = "started"},
                   {.title = "label"},
                   {.title = "machine", .right = true},
                   {.title = "form of suite", .right = true},
                   {.title = "file"}};
  for (std::size_t i = 0; i < history.runs.size(); ++i) {
    const HistoryRun& run = history.runs[i];
    table.rows.push_back({std::to_string(i + 1), run.started_at,
                          run.label.empty() ? "none" : printable(run.label, kLongestLabel),
                          std::to_string(history.machines[i]), std::to_string(history.forms[i]),
                          printable(run.file, kLongestFile)});
  }
  return table;
}

SuiteTrend suite_trend(const SuiteHistory& history) {
  SuiteTrend trend;
  trend.title = fmt::format("{}: {} {}, {} to {}", history.suite, history.runs.size(),
                            history.runs.size() == 1 ? "result" : "results",
                            day_of(history.runs.front()), day_of(history.runs.back()));
  const auto shifts = newest_first(history);
  trend.lead = lead_of(history, shifts);
  for (const FoundShift& found : shifts)
    trend.shifts.push_back(shift_sentence(history, *found.series, *found.shift));
  trend.notes = notes_on(history);
  trend.now = now_table(history);
  trend.results = result_table(history);
  return trend;
}

std::string method_of(const ShiftSearch& search) {
  return fmt::format(
      "A shift is a change of an overhead that lasted for {} results or more: E-divisive with "
      "seeded "
      "permutations, {} series, false alarms in {:g} % of such reports if nothing changes.",
      kShortestStretch, search.tested, 100 * kShiftLevel);
}

constexpr std::string_view kLimits =
    "E-divisive (Matteson & James 2014) compares the paired ratios to off before and after every "
    "place by their energy distance, and with those of permuted results; the permutations are "
    "seeded, so that the same results give the same answer. Benjamini and Hochberg's rule keeps "
    "the "
    "rate of false alarms for all series together. A shift must also move the place of the "
    "results, "
    "not their noise alone (rank sum, p at most 0.01). A report made every night is another chance "
    "every night. Results that depend on the one before make false alarms more frequent. A slow "
    "drift is told as one or several shifts. The size of a shift is the change of the ratio to "
    "off, "
    "with its 95 % interval; where it began is known to a result or two.";

}  // namespace

std::string brief_label(const HistoryRun& run) {
  return is_commit(run.label) ? run.label.substr(0, 8) : printable(run.label, kLongestLabel);
}

std::string day_of(const HistoryRun& run) { return printable(run.started_at.substr(0, 10), 10); }

std::string name_of(const HistoryRun& run) {
  if (!run.label.empty()) return fmt::format("{} ({})", brief_label(run), day_of(run));
  const std::string time = run.started_at.size() >= 16 ? run.started_at.substr(11, 5) : "";
  return fmt::format("{} {}", day_of(run), printable(time, 5));
}

std::string size_text(const Shift& shift) {
  return format_effect(shift.change_pct, shift.interval_pct);
}

TrendParts trend_parts(const TrendView& view) {
  TrendParts parts;
  for (const SuiteHistory& history : view.histories) parts.suites.push_back(suite_trend(history));
  parts.warnings = view.search.warnings;
  for (const std::string& file : view.skipped) parts.warnings.push_back("skipped: " + file);
  parts.method = method_of(view.search);
  parts.limits = kLimits;
  return parts;
}

}  // namespace tracetax
