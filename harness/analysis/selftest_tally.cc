// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/selftest_tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "harness/analysis/pairs/percent.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/effect_text.h"
#include "harness/stats/binomial.h"
#include "harness/stats/power.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

constexpr double kTallyLevel = 0.95;
constexpr double kNominal = 0.05;
constexpr std::array kEfforts{Effort::quick, Effort::ci, Effort::full};

auto key_of(const SelftestRecord& record) {
  return std::tie(record.asked, record.suite, record.effort, record.budget, record.machine);
}

Verdict expected_of(const SelftestRecord& record, std::optional<double> truth_pct) {
  if (record.injection == Injection::drop) return Verdict::invalid;
  if (!truth_pct) return record.injection == Injection::none ? Verdict::pass : Verdict::fail;
  const auto budget =
      parse_budget(Metric::response_p50, record.budget);  // any metric that takes both forms
  const double allowed = budget && budget->pct ? *budget->pct : 0;
  return *truth_pct > allowed ? Verdict::fail : Verdict::pass;
}

void add_pairs(const std::vector<const SelftestRecord*>& runs, SelftestTally& tally) {
  std::vector<double> differences;
  for (const SelftestRecord* run : runs) {
    if (run->verdict == Verdict::invalid || run->log_ratios.empty()) continue;
    const auto p = signed_rank_p(run->log_ratios);
    tally.called_higher += p.greater <= kNominal ? 1 : 0;
    tally.called_lower += p.less <= kNominal ? 1 : 0;
    // About each run's own middle, so that the drift of the injected effect from run to run is no
    // spread.
    const double middle = *median(run->log_ratios);
    for (const double ratio : run->log_ratios) differences.push_back(ratio - middle);
  }
  const auto spread = standard_deviation(differences);
  if (spread) tally.spread_pct = 100 * *spread;
  constexpr std::size_t kMost = 600;  // the spread needs every pair of pairs: enough, and quick
  if (differences.size() > kMost) differences.resize(kMost);
  for (std::size_t i = 0; i < kEfforts.size(); ++i) {
    const Look last = looks_of(kEfforts[i]).back();
    if (const auto found = detectable_shift(differences, last.pairs, last.alpha)) {
      tally.detectable_pct[i] = percent_of(*found);
    }
  }
}

std::optional<double> mean_of(const std::vector<double>& values) { return mean(values); }

SelftestTally tally_of(const std::vector<const SelftestRecord*>& runs) {
  SelftestTally tally;
  const SelftestRecord& first = *runs.front();
  tally.asked = first.asked;
  tally.suite = first.suite;
  tally.budget = first.budget;
  tally.cpu_model = first.cpu_model;
  tally.cpus = first.cpus;
  tally.effort = first.effort;
  tally.first_at = first.started_at;
  tally.runs = static_cast<int>(runs.size());
  std::vector<double> seconds, pairs, truths, estimates;
  for (const SelftestRecord* run : runs) {
    tally.first_at = std::min(tally.first_at, run->started_at);
    tally.last_at = std::max(tally.last_at, run->started_at);
    ++tally.verdicts[run->verdict];
    seconds.push_back(run->seconds);
    tally.spans_expected += run->spans_expected;
    tally.spans_received += run->spans_received;
    if (run->verdict == Verdict::invalid) continue;
    ++tally.judged;
    pairs.push_back(run->pairs);
    if (run->truth_pct) truths.push_back(*run->truth_pct);
    if (run->estimate_pct) estimates.push_back(*run->estimate_pct);
    if (!run->truth_pct || !run->low_pct || !run->high_pct) continue;
    ++tally.with_truth;
    tally.covered += *run->low_pct <= *run->truth_pct && *run->truth_pct <= *run->high_pct ? 1 : 0;
  }
  tally.seconds_mean = *mean(seconds);
  tally.pairs_mean = mean(pairs).value_or(0);
  tally.truth_pct = mean_of(truths);
  tally.estimate_pct = mean_of(estimates);
  tally.expected = expected_of(first, tally.truth_pct);
  const auto found = tally.verdicts.find(tally.expected);
  tally.as_expected = found == tally.verdicts.end() ? 0 : found->second;
  const int of = tally.expected == Verdict::invalid ? tally.runs : tally.judged;
  const auto count = [](int value) { return static_cast<std::uint64_t>(value); };
  tally.expected_lower = rate_lower_bound(count(tally.as_expected), count(of), kTallyLevel);
  tally.fail_upper =
      rate_upper_bound(count(tally.verdicts[Verdict::fail]), count(tally.judged), kTallyLevel);
  add_pairs(runs, tally);
  return tally;
}

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{} %", format_number(*value)) : "-";
}

}  // namespace

std::vector<SelftestTally> tally_selftests(const std::vector<SelftestRecord>& records) {
  std::vector<std::vector<const SelftestRecord*>> groups;
  for (const SelftestRecord& record : records) {
    const auto group = std::ranges::find_if(
        groups, [&](const auto& runs) { return key_of(*runs.front()) == key_of(record); });
    if (group == groups.end()) {
      groups.push_back({&record});
    } else {
      group->push_back(&record);
    }
  }
  std::vector<SelftestTally> tallies;
  for (const auto& runs : groups) tallies.push_back(tally_of(runs));
  return tallies;
}

bool holds(const SelftestTally& tally) {
  const auto found = tally.verdicts.find(Verdict::fail);
  const int fails = found == tally.verdicts.end() ? 0 : found->second;
  if (tally.asked == name_of(Injection::none)) {
    const auto lower = rate_lower_bound(static_cast<std::uint64_t>(fails),
                                        static_cast<std::uint64_t>(tally.judged), kTallyLevel);
    return tally.judged > 0 && lower <= kNominal;
  }
  const int of = tally.expected == Verdict::invalid ? tally.runs : tally.judged;
  return of > 0 && of - tally.as_expected <= of / 20;
}

std::string describe(const SelftestTally& tally) {
  const auto count = [&](Verdict verdict) {
    const auto found = tally.verdicts.find(verdict);
    return found == tally.verdicts.end() ? 0 : found->second;
  };
  const bool is_aa = tally.asked == name_of(Injection::none);
  const bool is_drop = tally.expected == Verdict::invalid;
  std::string text =
      fmt::format("{}: {} run{} of {}, effort {}, budget {}; {} to {}; {}, {} CPUs\n",
                  is_aa ? "A/A" : "injected " + tally.asked, tally.runs, tally.runs == 1 ? "" : "s",
                  tally.suite, name_of(tally.effort), tally.budget, tally.first_at.substr(0, 10),
                  tally.last_at.substr(0, 10), tally.cpu_model, tally.cpus);
  text += fmt::format(
      "  pass {}, fail {}, inconclusive {}, invalid {}; {:.0f} s and {:.1f} pairs a run on "
      "average\n",
      count(Verdict::pass), count(Verdict::fail), count(Verdict::inconclusive),
      count(Verdict::invalid), tally.seconds_mean, tally.pairs_mean);
  if (is_aa) {
    text += fmt::format("  false FAIL: {} of {} (95 % sure: at most {:.1f} %)\n",
                        count(Verdict::fail), tally.judged, 100 * tally.fail_upper);
    text += fmt::format("  called higher at a bound of 0: {} of {}, lower: {} (nominal 5 % each)\n",
                        tally.called_higher, tally.judged, tally.called_lower);
  } else {
    text += fmt::format("  {} expected: {} of {} (95 % sure: at least {:.0f} %)\n",
                        name_of(tally.expected), tally.as_expected,
                        is_drop ? tally.runs : tally.judged, 100 * tally.expected_lower);
  }
  if (is_drop) {
    text += fmt::format("  spans: {} of {} received, {:.2f} % lost\n",
                        format_count(tally.spans_received), format_count(tally.spans_expected),
                        tally.spans_expected == 0
                            ? 0.0
                            : 100 - 100 * static_cast<double>(tally.spans_received) /
                                        static_cast<double>(tally.spans_expected));
    return text;
  }
  if (tally.with_truth > 0 && !is_aa) {
    text += fmt::format(
        "  injected {}, recovered {} on average; {} of {} intervals hold the truth\n",
        percent(tally.truth_pct), percent(tally.estimate_pct), tally.covered, tally.with_truth);
  }
  text += fmt::format(
      "  one pair spreads by {}; found beyond the bound with 80 % power: {} with quick, {} with "
      "ci, {} with full\n",
      percent(tally.spread_pct), percent(tally.detectable_pct[0]), percent(tally.detectable_pct[1]),
      percent(tally.detectable_pct[2]));
  return text;
}

}  // namespace tracetax
