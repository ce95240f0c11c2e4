// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "harness/analysis/memory_growth.h"
#include "harness/analysis/pairs/driver_voids.h"
#include "harness/analysis/pairs/pairing.h"
#include "harness/analysis/pairs/percent.h"
#include "harness/analysis/warmth.h"
#include "harness/core/metric_value.h"
#include "harness/core/receipt/refusals.h"
#include "harness/core/shared_core.h"
#include "harness/core/text/units.h"
#include "harness/core/validity.h"
#include "harness/stats/sample.h"
#include "harness/stats/signed_rank.h"
#include "harness/stats/trend.h"

namespace tracetax {
namespace {

using Texts = std::vector<std::string>;

const ArmSpec* arm_called(const Suite& suite, const std::string& name) {
  const auto found = std::find_if(suite.arms.begin(), suite.arms.end(),
                                  [&](const ArmSpec& arm) { return arm.name == name; });
  return found == suite.arms.end() ? nullptr : &*found;
}

void warn_of_words_apart(const WordRule& words, Texts& out) {
  if (words.together || words.comparisons == 0) return;
  out.push_back(fmt::format(
      "with {} blocks each comparison is tested by itself: 1 in 20 says higher or lower by chance, "
      "so "
      "expect {:.2g} of {} "
      "here. "
      "From {} blocks on, all are tested together",
      words.blocks, words.comparisons * kFalseWords, words.comparisons, kBlocksForWordsTogether));
}

void warn_of_moved_sham(const RunResult& result, const std::vector<Comparison>& comparisons,
                        Texts& out) {
  for (const Comparison& comparison : comparisons) {
    const ArmSpec* arm = arm_called(result.suite, comparison.arm);
    const bool moved = comparison.word == Word::higher || comparison.word == Word::lower;
    if (arm == nullptr || arm->role != ArmRole::sham || !moved) continue;
    out.push_back(
        fmt::format("{}: the noise-floor arm {} differs from {} in {} by {}, though it is the same "
                    "thing: effects "
                    "of that size are unproven in this run",
                    cell_name(result, comparison.cell), comparison.arm, comparison.reference,
                    label_of(comparison.metric),
                    format_effect(*comparison.estimate_pct, *comparison.interval_pct)));
  }
}

/// Two arms cost the same if the interval of their ratio lies within so much ...
constexpr double kSameShare = 0.01;
/// ... and that is no more than this: 0.2 us is the least that asking a sampler which says no was
/// measured to cost in an SDK. In a dear service 1 % is far more, and to find no difference there
/// says nothing.
constexpr double kSameUs = 0.2;

/// Two one-sided tests by the interval: `off` that costs what the whole SDK without a sample costs
/// is none.
void warn_of_off_that_traces(const RunResult& result, int cell, const CellSegments& segments,
                             int arm, Texts& out) {
  const ArmSpec& drop = result.suite.arms[static_cast<std::size_t>(arm)];
  const ArmSpec& off = result.suite.arms[0];
  if (drop.role != ArmRole::traced || drop.state != TracingState::drop ||
      off.state == TracingState::drop) {
    return;
  }
  const Pairs cpu = make_pairs(segments, 0, arm, SegmentKind::open, [](const SegmentRecord& s) {
    return value_of(s, Metric::cpu_per_request);
  });
  const auto interval = signed_rank_interval(cpu.log_ratios, 0.95);
  if (!interval) return;
  const double margin = std::min(kSameShare, kSameUs / *median(cpu.off));
  if (interval->low < -margin || interval->high > margin) return;
  const Interval pct = percent_of(interval->low, interval->high, interval->coverage);
  out.push_back(fmt::format(
      "{}: {} may still carry the instrumentation: {} and {}, which traces and samples nothing, "
      "cost "
      "the same CPU per request ({}). Then every overhead of this run is too small. See that the "
      "program of {} is without it: an arm may have its own env, args or command for a target",
      cell_name(result, cell), off.name, off.name, drop.name,
      format_effect(percent_of(*hodges_lehmann(cpu.log_ratios)), pct), off.name));
}

/// Lag is part of response time. A difference below 1 % of the response time it ends up in cannot
/// be seen in any number printed, so it is left out.
constexpr double kLagShareThatShows = 0.01;

void warn_of_lag(const RunResult& result, int cell, const CellSegments& segments, int arm,
                 double quantile, Texts& out) {
  const auto lag_of = [quantile](const SegmentRecord& segment) -> std::optional<double> {
    const double lag = segment.times.lag.quantile_interpolated(quantile);
    return segment.times.lag.supports(quantile) && lag > 0 ? std::optional(lag) : std::nullopt;
  };
  const Metric metric = quantile < 0.9 ? Metric::response_p50 : Metric::response_p99;
  const Pairs lags = make_pairs(segments, 0, arm, SegmentKind::open, lag_of);
  const auto interval = signed_rank_interval(lags.log_ratios, 0.95);
  if (!interval || (interval->low <= 0 && interval->high >= 0)) return;

  const Pairs responses = make_pairs(segments, 0, arm, SegmentKind::open,
                                     [&](const SegmentRecord& s) { return value_of(s, metric); });
  const double off = median(lags.off).value_or(0), on = median(lags.on).value_or(0);
  if (std::abs(on - off) < kLagShareThatShows * median(responses.off).value_or(0)) return;
  const Suite& suite = result.suite;
  out.push_back(fmt::format(
      "{}: driver lag p{:.0f} differs between {} ({}) and {} ({}): the {} of that arm includes the "
      "difference",
      cell_name(result, cell), 100 * quantile, suite.arms[0].name, format_nanos(off),
      suite.arms[static_cast<std::size_t>(arm)].name, format_nanos(on), label_of(metric)));
}

/// Above this share of requests held up, the stalls reach p99.
constexpr double kHeldUpShareThatShows = 0.005;

void warn_of_machine_stalls(const RunResult& result, int cell, Texts& out) {
  std::vector<double> shares;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.spec.kind != SegmentKind::open || !segment.valid())
      continue;
    shares.push_back(held_up_share(segment));
  }
  const double share = median(shares).value_or(0);
  if (share < kHeldUpShareThatShows) return;
  out.push_back(fmt::format(
      "{}: stalls of the machine (hypervisor or interrupts) held up {:.2g} % of the requests, "
      "median of the segments: response p99 includes them, in every arm",
      cell_name(result, cell), 100 * share));
}

/// Interrupts of the sink's traffic come to the driver's CPU too: stalls that differ between arms
/// are not only the host's.
void warn_of_stalls_that_differ(const RunResult& result, int cell, const CellSegments& segments,
                                int arm, Texts& out) {
  // One more than the share, so that the log ratio is nearly the difference and 0 is allowed.
  const Pairs stalls = make_pairs(
      segments, 0, arm, SegmentKind::open,
      [](const SegmentRecord& segment) { return std::optional(1 + held_up_share(segment)); });
  const auto interval = signed_rank_interval(stalls.log_ratios, 0.95);
  if (!interval || (interval->low <= 0 && interval->high >= 0)) return;
  const double off = median(stalls.off).value_or(1) - 1, on = median(stalls.on).value_or(1) - 1;
  if (std::abs(on - off) < kHeldUpShareThatShows / 2) return;
  out.push_back(fmt::format(
      "{}: stalls of the machine held up {:.2g} % of the requests in {} and {:.2g} % in {}: the "
      "response p99 of that arm includes the difference",
      cell_name(result, cell), 100 * off, result.suite.arms[0].name, 100 * on,
      result.suite.arms[static_cast<std::size_t>(arm)].name));
}

void warn_of_drift(const RunResult& result, int cell, const CellSegments& segments, Texts& out) {
  std::vector<double> cpu;
  for (const int block : segments.blocks()) {
    const SegmentRecord* off = segments.find(block, 0, SegmentKind::open);
    const auto value = off == nullptr ? std::nullopt : value_of(*off, Metric::cpu_per_request);
    if (value) cpu.push_back(*value);
  }
  const std::optional<Trend> trend = spearman_trend(cpu);
  if (!trend || trend->p >= 0.01) return;
  const auto middle = cpu.begin() + static_cast<std::ptrdiff_t>(cpu.size() / 2);
  out.push_back(
      fmt::format("{}: CPU per request of {} {} over the run, from {} us in the first half to {} "
                  "us in the second "
                  "(Spearman p = {:.2g}); pairs within a block are not affected, but the machine "
                  "was not steady",
                  cell_name(result, cell), result.suite.arms[0].name,
                  trend->rho > 0 ? "rises" : "falls", format_number(*median({cpu.begin(), middle})),
                  format_number(*median({middle, cpu.end()})), trend->p));
}

/// The body of the checked answer must be the same whatever the arm.
void warn_of_answers(const RunResult& result, int cell, Texts& out) {
  std::string first, first_arm;
  std::set<std::string> differing;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell || segment.answer_digest.empty()) continue;
    if (first.empty()) {
      first = segment.answer_digest;
      first_arm = segment.arm;
    } else if (segment.answer_digest != first) {
      differing.insert(segment.arm);
    }
  }
  // An answer that differs within one arm, as one with a fresh id does, says nothing of the others.
  if (differing.empty() || differing.contains(first_arm)) return;
  out.push_back(
      fmt::format("{}: not every answer was the same: {} gave another answer than {} did at first; "
                  "if the work differs between arms, so does its cost",
                  cell_name(result, cell), fmt::join(differing, ", "), first_arm));
}

void warn_of_driver_voids(const RunResult& result, int cell, Texts& out) {
  for (const DriverVoids& voids : driver_voids(result, cell, std::numeric_limits<int>::max())) {
    if (voids.p >= 0.05) continue;
    out.push_back(
        fmt::format("{}: the driver or the machine voided {} of {} segments of {} and {} of {} of "
                    "{} (Fisher p = "
                    "{:.2g}): what was dropped depends on the arm, so its overhead is biased",
                    cell_name(result, cell), voids.off_lost, voids.off_all,
                    result.suite.arms[0].name, voids.on_lost, voids.on_all,
                    result.suite.arms[static_cast<std::size_t>(voids.arm)].name, voids.p));
  }
}

/// From here on a neighbour moves CPU per request by several percent.
constexpr double kSlowdownThatShows = 1.1;
/// Between arms: less than that cannot move an overhead by half a percent, since the probe feels a
/// neighbour more than a target does.
constexpr double kSlowdownDifferenceThatShows = 0.005;

void warn_of_shared_cores(const RunResult& result, double alone_ns, Texts& out) {
  std::vector<std::string> arms;
  bool shows = false;
  for (std::size_t arm = 0; arm < result.suite.arms.size(); ++arm) {
    std::vector<double> slowdowns, shares;
    for (const SegmentRecord& segment : result.segments) {
      if (segment.spec.kind != SegmentKind::open || segment.spec.arm != static_cast<int>(arm))
        continue;
      const std::optional<double> slow = slowdown(segment, alone_ns);
      if (!slow) continue;
      slowdowns.push_back(*slow);
      shares.push_back(segment.core->slow_share);
    }
    if (slowdowns.empty()) continue;
    shows = shows || *median(slowdowns) >= kSlowdownThatShows;
    arms.push_back(fmt::format("{} {:.3g} times for {:.0f} % of the time",
                               result.suite.arms[arm].name, *median(slowdowns),
                               100 * *mean(shares)));
  }
  if (!shows) return;
  const std::string cause =
      result.pinned_shared.empty()
          ? "A neighbour (another program or virtual machine on the core's other hardware thread) "
            "or a slower clock does that"
          : fmt::format(
                "The driver itself does that: CPU {} is its own too (pin.driver, "
                "pin.target)",
                result.pinned_shared);
  out.push_back(fmt::format(
      "the target's core was shared or slow: a loop in registers was slowed down in {}. {}. All "
      "numbers include it{}",
      fmt::join(arms, "; "), cause,
      result.suite.design.slice ? "; the arms take turns, so it falls on all of them alike" : ""));
}

/// The randomised order puts neighbours on all arms alike. What differs between arms is no
/// neighbour's doing by chance, or it is the target's own: its threads on the other hardware
/// thread.
void warn_of_slowdown_that_differs(const RunResult& result, int cell, const CellSegments& segments,
                                   int arm, double alone_ns, Texts& out) {
  const Pairs slowdowns =
      make_pairs(segments, 0, arm, SegmentKind::open,
                 [alone_ns](const SegmentRecord& segment) { return slowdown(segment, alone_ns); });
  const auto interval = signed_rank_interval(slowdowns.log_ratios, 0.95);
  if (!interval || (interval->low <= 0 && interval->high >= 0)) return;
  if (std::abs(*hodges_lehmann(slowdowns.log_ratios)) < kSlowdownDifferenceThatShows) return;
  out.push_back(fmt::format(
      "{}: the target's core was slower in one arm: {:.3g} times in {}, {:.3g} times in {} (exact "
      "test, p < 0.05). A neighbour met one arm more often, or the target's own threads slow each "
      "other down: the overhead of that arm includes the difference",
      cell_name(result, cell), *median(slowdowns.off), result.suite.arms[0].name,
      *median(slowdowns.on), result.suite.arms[static_cast<std::size_t>(arm)].name));
}

/// Whoever asks for it has it, but nobody shall take its numbers for those of tracing that works.
void warn_of_expected_loss(const RunResult& result, Texts& out) {
  for (const ArmSpec& arm : result.suite.arms) {
    std::uint64_t lost = 0, expected = 0;
    for (const SegmentRecord& segment : result.segments) {
      if (!arm.loss_expected || segment.arm != arm.name || !segment.valid()) continue;
      const Receipt& receipt = segment.receipt;
      expected += receipt.expected;
      lost += receipt.expected - std::min(receipt.expected, receipt.received);
    }
    if (lost == 0) continue;
    out.push_back(fmt::format(
        "{} lost {:.3g} % of its spans, as it says it may (\"loss\": \"expected\"): its "
        "numbers are those of tracing that loses spans, which looks cheaper",
        arm.name, 100 * static_cast<double>(lost) / static_cast<double>(expected)));
  }
}

void warn_of_machine(const RunResult& result, Texts& out) {
  std::size_t stolen = 0, throttled = 0;
  double most = 0;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.steal_pct > 2) ++stolen;
    most = std::max(most, segment.steal_pct);
    if (segment.throttled > 0) ++throttled;
  }
  const std::size_t all = result.segments.size();
  if (stolen > 0) {
    out.push_back(
        fmt::format("more than 2 % of the CPU time was stolen by the hypervisor in {} of {} "
                    "segments (most: {:.3g} %); "
                    "a quieter machine gives narrower intervals",
                    stolen, all, most));
  }
  if (throttled > 0) {
    out.push_back(
        fmt::format("the cgroup's CPU limit throttled {} of {} segments ({}); raise the limit or "
                    "lower the rate",
                    throttled, all, result.machine.cgroup_cpu_max));
  }
  if (result.tool.sanitized) {
    out.push_back("this build has sanitizers: its numbers are only for testing it");
  } else if (!result.tool.build_type.empty() && result.tool.build_type != "Release") {
    out.push_back(
        fmt::format("this is a {} build: measure with a Release build", result.tool.build_type));
  }
}

/// What else came to the sink: refusals that no receipt rests on, and metrics and logs, whose
/// export is in the CPU that was measured.
void warn_of_other_requests(const RunResult& result, Texts& out) {
  for (const ArmSpec& arm : result.suite.arms) {
    std::map<std::string, std::uint64_t> refusals;
    std::uint64_t other_signals = 0;
    for (const SegmentRecord& segment : result.segments) {
      if (segment.arm != arm.name) continue;
      other_signals += segment.receipt.other_signals;
      for (const auto& [reason, count] : segment.receipt.refusals) refusals[reason] += count;
    }
    if (!refusals.empty())
      out.push_back(fmt::format("in {} the sink refused {}", arm.name, refusals_text(refusals)));
    if (other_signals == 0) continue;
    out.push_back(
        fmt::format("{} exported metrics or logs too ({} payloads), and its CPU has their part: "
                    "OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none turn them off",
                    arm.name, other_signals));
  }
}

void add_segment_warnings(const RunResult& result, Texts& out) {
  Texts order;
  std::map<std::string, std::size_t> times;
  for (const SegmentRecord& segment : result.segments) {
    for (const std::string& text : segment.warnings) {
      if (times[text]++ == 0) order.push_back(text);
    }
  }
  for (const std::string& text : order) {
    out.push_back(
        fmt::format("{} (in {} of {} segments)", text, times[text], result.segments.size()));
  }
}

}  // namespace

std::vector<std::string> find_warnings(const RunResult& result, const Analysis& analysis) {
  Texts out = result.warnings;
  if (result.gate && result.gate->forced) {
    out.push_back(
        "forced (--force): a required metric is judged whose budget is below what this machine was "
        "calibrated to find");
  }
  warn_of_words_apart(analysis.words, out);
  warn_of_moved_sham(result, analysis.comparisons, out);
  const double alone_ns = loop_alone_ns(result.segments);
  for (int cell = 0; cell < static_cast<int>(result.plan.cells.size()); ++cell) {
    const CellSegments segments(result, cell);
    for (int arm = 1; arm < static_cast<int>(result.suite.arms.size()); ++arm) {
      warn_of_off_that_traces(result, cell, segments, arm, out);
      warn_of_lag(result, cell, segments, arm, 0.5, out);
      warn_of_lag(result, cell, segments, arm, 0.99, out);
      warn_of_slowdown_that_differs(result, cell, segments, arm, alone_ns, out);
      warn_of_stalls_that_differ(result, cell, segments, arm, out);
    }
    warn_of_machine_stalls(result, cell, out);
    warn_of_driver_voids(result, cell, out);
    warn_of_drift(result, cell, segments, out);
    warn_of_answers(result, cell, out);
  }
  for (const MemoryGrowth& growth : memory_growth(result))
    if (growth.shows()) out.push_back(growth_sentence(result, growth));
  warn_of_expected_loss(result, out);
  warn_of_cold_targets(result, out);
  warn_of_shared_cores(result, alone_ns, out);
  warn_of_machine(result, out);
  warn_of_other_requests(result, out);
  add_segment_warnings(result, out);
  return out;
}

}  // namespace tracetax
