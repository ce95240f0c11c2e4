// SPDX-License-Identifier: Apache-2.0
#include "reports/words/verdict_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/text/units.h"
#include "reports/words/run_time.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

constexpr int kMostBlocksNeeded = 1000;

/// The step of the metric's unit in which a difference of this size reads well: at most the third,
/// "ms" or "MiB".
const UnitStep& step_for(Metric metric, double size) {
  constexpr std::size_t kMost = 3;
  const std::span<const UnitStep> steps = metric->unit.steps;
  return fitting_step(steps.first(std::min(kMost, steps.size())), size);
}

/// `text` is an amount as format_percent has it; its unit is another one.
std::string with_unit(std::string text, std::string_view unit) {
  constexpr std::string_view kPercent = " %";
  if (text.ends_with(kPercent)) text.resize(text.size() - kPercent.size());
  return fmt::format("{} {}", text, unit);
}

std::string amount_text(double estimate, const Interval& interval, std::string_view unit) {
  if (interval.low <= 0 && interval.high >= 0) {
    return fmt::format("~ {} {}", format_interval(interval), unit);
  }
  return with_unit(format_percent(estimate, interval), unit) + " " + format_interval(interval);
}

bool holds_zero(const GatedTest& test) {
  const auto& interval = test.absolute ? test.interval : test.interval_pct;
  return !interval || (interval->low <= 0 && interval->high >= 0);
}

double effect_size(const GatedTest& test) {
  return (test.absolute ? test.estimate : test.estimate_pct).value_or(0);
}

std::string cell_prefix(const RunResult& result, int cell) {
  return result.plan.cells.size() > 1 ? cell_name(result, cell) + ": " : "";
}

/// "tracing at 10 %" where the arm's name says just that, else "arm NAME".
std::string what_is_done(const std::string& arm) {
  constexpr std::string_view kOn = "on@";
  if (arm.starts_with(kOn) && arm.ends_with('%')) {
    return fmt::format("tracing at {} %", arm.substr(kOn.size(), arm.size() - kOn.size() - 1));
  }
  return "arm " + arm;
}

/// "25 %": what an amount is of the reference's median.
std::string share_of_bound(const GatedTest& test) {
  return fmt::format("{:.2g} %", 100 * test.bound / test.reference_value.value_or(1));
}

/// "+8.1 % CPU per request [+6.4, +9.9]": the name between number and interval.
std::string effect_with_name(const GatedTest& test) {
  std::string effect = effect_of(test);
  const auto bracket = effect.find(" [");
  if (bracket != std::string::npos)
    effect.insert(bracket, fmt::format(" {}", label_of(test.metric)));
  return effect;
}

std::string finding(const RunResult& result, const GatedTest& test) {
  const bool budget = test.question == Question::budget;
  std::string bound = fmt::format("{} {}", budget ? "budget" : "margin", bound_of(test));
  if (test.absolute && test.reference_value.value_or(0) > 0 && test.estimate_pct &&
      test.interval_pct) {
    bound += fmt::format(": {} of {}", amount_text(*test.estimate_pct, *test.interval_pct, "%"),
                         share_of_bound(test));
  }
  const std::string prefix = subject(result, test.cell) + ": ";
  const auto& interval = test.absolute ? test.interval : test.interval_pct;
  if (!interval) {
    return fmt::format("{}{} of {} against {} has no number yet ({} pairs), {}", prefix,
                       label_of(test.metric), test.arm, test.reference, test.pairs, bound);
  }
  const std::string needs = blocks_needed(test);
  const std::string_view label = label_of(test.metric);
  if (!budget) {
    return fmt::format("{}{} of {} is {} against the base revision, {}{}", prefix, label, test.arm,
                       effect_of(test), bound, needs);
  }
  const std::string subject = what_is_done(test.arm);
  if (holds_zero(test) || higher_is_better(test.metric) || effect_size(test) < 0) {
    return fmt::format("{}{} changes {} by {}, {}{}", prefix, subject, label, effect_of(test),
                       bound, needs);
  }
  return fmt::format("{}{} costs {}, {}{}", prefix, subject, effect_with_name(test), bound, needs);
}

/// "the time of 7 m is up (6 cells)" of "gin after 6 of 7 blocks: the time of 7 m is up; ...",
/// where all cells say the same; else as it is.
std::string said_once(const std::string& reasons) {
  constexpr std::string_view kBlocks = " blocks: ", kNext = "; ";
  std::string same;
  std::size_t cells = 0;
  for (std::size_t at = 0; at < reasons.size();) {
    const std::size_t end = std::min(reasons.find(kNext, at), reasons.size());
    const std::string part = reasons.substr(at, end - at);
    const auto reason = part.find(kBlocks);
    if (reason == part.npos) return reasons;
    if (cells++ > 0 && part.substr(reason + kBlocks.size()) != same) return reasons;
    same = part.substr(reason + kBlocks.size());
    at = end + kNext.size();
  }
  return cells < 2 ? reasons : fmt::format("{} ({} cells)", same, cells);
}

/// The required tests that made the verdict: those that share it.
std::vector<const GatedTest*> deciding(const Judgement& judgement) {
  std::vector<const GatedTest*> tests;
  for (const GatedTest& test : judgement.tests) {
    if (test.required && test.verdict == judgement.verdict) tests.push_back(&test);
  }
  return tests;
}

}  // namespace

std::string loud_name_of(Verdict verdict) {
  std::string name(name_of(verdict));
  for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
  return name;
}

std::string_view sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "\xE2\x9C\x85";  // white heavy check mark
    case Verdict::fail:
      return "\xE2\x9D\x8C";  // cross mark
    case Verdict::inconclusive:
      return "\xE2\x9A\xAA";  // white circle
    case Verdict::invalid:
      return "\xF0\x9F\x9A\xAB";  // no entry sign
  }
  return "";
}

std::string effect_of(const GatedTest& test) {
  if (!test.absolute) {
    if (!test.estimate_pct || !test.interval_pct) return "-";
    return amount_text(*test.estimate_pct, *test.interval_pct, "%");
  }
  if (!test.estimate || !test.interval) return "-";
  const double most = std::max(std::abs(test.interval->low), std::abs(test.interval->high));
  const UnitStep& unit = step_for(test.metric, most);
  const Interval scaled{test.interval->low / unit.size, test.interval->high / unit.size,
                        test.interval->level};
  return amount_text(*test.estimate / unit.size, scaled, unit.name);
}

std::string bound_of(const GatedTest& test) {
  if (test.absolute) return format_value(test.metric, test.bound);
  const bool falls = higher_is_better(test.metric) && test.bound > 0;
  return fmt::format("{}{:.6g} %", falls ? "-" : "", test.bound);
}

std::string judged_arms(const GateSpec& gate) {
  if (gate.arms_passed_over.empty()) return "";
  std::string why = "as asked";
  if (gate.arms_by_default) {
    why = "as nobody named an arm";
    if (gate.arms.front() != kUsualArm)
      why += fmt::format(" and there is no {}: it has the highest rate", kUsualArm);
  }
  return fmt::format("The verdict is about {}, {}. Not judged: {} (--arm NAME judges another).",
                     fmt::join(gate.arms, ", "), why, fmt::join(gate.arms_passed_over, ", "));
}

std::vector<std::string> what_was_judged(const RunResult& result, const Judgement& judgement) {
  std::vector<std::string> texts;
  if (std::string arms = judged_arms(*result.gate); !arms.empty()) texts.push_back(std::move(arms));
  for (const GatedTest& test : judgement.tests) {
    if (!test.absolute || test.reference_value.value_or(0) <= 0) continue;
    std::string text =
        fmt::format("{}: the budget of {} is {} of {}", test_name(result, test), bound_of(test),
                    share_of_bound(test), format_value(test.metric, *test.reference_value));
    if (judgement.verdict != Verdict::invalid && test.estimate_pct && test.interval_pct)
      text += ", the cost is " + amount_text(*test.estimate_pct, *test.interval_pct, "%");
    texts.push_back(text + ".");
  }
  return texts;
}

std::string blocks_needed(const GatedTest& test) {
  if (test.verdict != Verdict::inconclusive || !test.pairs_needed) return "";
  if (*test.pairs_needed <= test.pairs) return "";
  if (*test.pairs_needed > kMostBlocksNeeded) {
    return fmt::format(", needs more than {} blocks", format_count(kMostBlocksNeeded));
  }
  return fmt::format(", needs about {} blocks", *test.pairs_needed);
}

std::string test_name(const RunResult& result, const GatedTest& test) {
  return fmt::format("{}{} of {} against {}", cell_prefix(result, test.cell), label_of(test.metric),
                     test.arm, test.reference);
}

BlockCount count_blocks(const RunResult& result) {
  std::set<std::pair<int, int>> measured, planned;
  for (const SegmentRecord& segment : result.segments) {
    measured.emplace(segment.spec.cell, segment.spec.block);
  }
  for (const SegmentSpec& spec : result.plan.segments) planned.emplace(spec.cell, spec.block);
  return {measured.size(), std::max(planned.size(), measured.size())};
}

std::string settled(const RunResult& result) {
  if (result.stop_reason.empty()) return "";
  if (result.stop_reason.starts_with("after ")) return "ended " + result.stop_reason;
  const BlockCount blocks = count_blocks(result);
  return fmt::format("ended after {} of {} blocks: {}", blocks.measured, blocks.planned,
                     said_once(result.stop_reason));
}

std::string run_length(const RunResult& result) {
  const BlockCount blocks = count_blocks(result);
  const std::string time = run_time_text(result);
  std::string text = time.empty() ? "" : time + ", ";
  if (blocks.measured == blocks.planned) return text + fmt::format("{} blocks", blocks.measured);
  if (!result.stop_reason.empty()) text += "ended after ";
  return text + fmt::format("{} of {} blocks", blocks.measured, blocks.planned);
}

std::string headline(const RunResult& result, const Judgement& judgement) {
  std::string text = loud_name_of(judgement.verdict) + ": ";
  const auto tests = deciding(judgement);
  if (judgement.verdict == Verdict::invalid) {
    text += "no verdict, the measurement itself is not sound";
  } else if (!tests.empty()) {
    text += finding(result, *tests.front());
  } else {  // every required test has passed, but the run is not whole
    text += fmt::format("the run is {}{}", name_of(result.status),
                        result.partial_reason.empty() ? "" : " (" + result.partial_reason + ")");
  }
  return fmt::format("{} ({})", text, run_length(result));
}

std::vector<std::string> further_findings(const RunResult& result, const Judgement& judgement) {
  std::vector<std::string> texts;
  if (judgement.verdict == Verdict::invalid) return texts;
  const auto tests = deciding(judgement);
  for (std::size_t i = 1; i < tests.size(); ++i) {
    texts.push_back(fmt::format("{}: {}", name_of(judgement.verdict), finding(result, *tests[i])));
  }
  return texts;
}

std::string detectable(const RunResult& result, const Judgement& judgement) {
  std::vector<std::string> parts;
  for (const GatedTest& test : judgement.tests) {
    if (!test.required || !test.detectable_pct) continue;
    const bool budget = test.question == Question::budget;
    std::string part = fmt::format("+{:.2g} % {} beyond its {}", *test.detectable_pct,
                                   label_of(test.metric), budget ? "budget" : "margin");
    if (result.plan.cells.size() > 1) part += " for " + cell_name(result, test.cell);
    if (result.gate->arms.size() > 1) part += " in " + test.arm;
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
  }
  if (parts.empty()) return "";
  constexpr std::size_t kMost = 6;
  const std::size_t more = parts.size() - std::min(parts.size(), kMost);
  parts.resize(parts.size() - more);
  return fmt::format("With {} {} this gate finds such a cost in 8 of 10 runs: {}{}.",
                     result.gate->looks.back().pairs,
                     keeps_processes(result.suite) ? "launches" : "blocks", fmt::join(parts, "; "),
                     more == 0 ? "" : fmt::format("; and {} more", more));
}

std::string verdict_line(const Judgement& judgement) {
  std::vector<std::string_view> metrics;
  if (judgement.verdict != Verdict::pass) {
    for (const GatedTest* test : deciding(judgement)) {
      if (std::ranges::find(metrics, name_of(test->metric)) == metrics.end()) {
        metrics.push_back(name_of(test->metric));
      }
    }
  }
  if (metrics.empty()) return loud_name_of(judgement.verdict);
  return fmt::format("{} ({})", loud_name_of(judgement.verdict), fmt::join(metrics, ", "));
}

}  // namespace tracetax
