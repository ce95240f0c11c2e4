// SPDX-License-Identifier: Apache-2.0
#include "reports/words/sentences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"
#include "reports/words/held_words.h"
#include "reports/words/steps.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

bool has_number(const Comparison& comparison) {
  return comparison.word != Word::void_ && comparison.estimate_pct && comparison.interval_pct;
}

const ArmSpec& arm_called(const Suite& suite, const std::string& name) {
  const auto found = std::find_if(suite.arms.begin(), suite.arms.end(),
                                  [&](const ArmSpec& a) { return a.name == name; });
  return found == suite.arms.end() ? suite.arms.front() : *found;
}

/// CPU comparisons of a cell by role, those that sample most first.
std::vector<const Comparison*> cpu_comparisons(const RunResult& result, const Analysis& analysis,
                                               int cell, ArmRole role) {
  std::vector<const Comparison*> found;
  for (const Comparison& comparison : analysis.comparisons) {
    if (comparison.cell != cell || comparison.metric != Metric::cpu_per_request) continue;
    if (arm_called(result.suite, comparison.arm).role == role) found.push_back(&comparison);
  }
  std::stable_sort(
      found.begin(), found.end(), [&](const Comparison* left, const Comparison* right) {
        return arm_called(result.suite, left->arm).rate > arm_called(result.suite, right->arm).rate;
      });
  return found;
}

std::string effect(const Comparison& comparison) {
  return format_effect(*comparison.estimate_pct, *comparison.interval_pct);
}

/// "at 100 % sampling", or "in arm NAME" where the name says more than the rate.
std::string where(const Suite& suite, const std::string& name) {
  const std::string rate = format_sample_rate(arm_called(suite, name).rate);
  if (name != "on@" + rate || rate.back() != '%') return "in arm " + name;
  return fmt::format("at {} % sampling", rate.substr(0, rate.size() - 1));
}

/// "at 10 %": where() for the second and later ones of a sentence.
std::string where_briefly(const Suite& suite, const std::string& name) {
  const std::string full = where(suite, name);
  constexpr std::string_view kSampling = " sampling";
  return full.ends_with(kSampling) ? full.substr(0, full.size() - kSampling.size()) : full;
}

std::string leading_sentence(const RunResult& result, const Comparison& comparison) {
  const std::string name = subject(result, comparison.cell);
  const std::string place = where(result.suite, comparison.arm);
  if (comparison.word == Word::within_noise) {
    return fmt::format("The cost of tracing {} {} is within noise: {} CPU per request", name, place,
                       effect(comparison));
  }
  const double change_us = *comparison.off_value * *comparison.estimate_pct / 100;
  const std::string on_what =
      fmt::format("{} on {}", (change_us < 0 ? "-" : "") + format_nanos(std::abs(change_us) * 1e3),
                  format_value(comparison.metric, comparison.off_value));
  if (comparison.word == Word::lower) {
    return fmt::format("Tracing {} {} lowers CPU per request: {}, {}", name, place,
                       effect(comparison), on_what);
  }
  return fmt::format("Tracing {} {} costs {} CPU per request {}: {}", name, place,
                     format_percent(*comparison.estimate_pct, *comparison.interval_pct),
                     format_interval(*comparison.interval_pct), on_what);
}

std::string following_clause(const Suite& suite, const Comparison& comparison) {
  const std::string place = where_briefly(suite, comparison.arm);
  if (!has_number(comparison)) return fmt::format("; {} void", place);
  if (comparison.word == Word::within_noise) {
    return fmt::format("; {} within noise, {}", place, effect(comparison));
  }
  return fmt::format("; {} {}", place, effect(comparison));
}

/// One word of a POSIX shell command.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string format_value(Metric metric, std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return "-";
  return metric->unit.format(*value);
}

std::string subject(const RunResult& result, int cell) {
  const auto index = static_cast<std::size_t>(cell);
  const double rate = index < result.cell_rates.size() ? result.cell_rates[index] : 0;
  std::string load = rate > 0 ? ", " + format_rate(rate) : "";
  const auto level = static_cast<std::size_t>(result.plan.cells.at(index).level);
  const auto* share = std::get_if<CapacityShare>(&result.suite.load.levels.at(level));
  if (share != nullptr) load += fmt::format(", {:.3g} % of capacity", 100 * share->share);
  return fmt::format("{} ({}{})", cell_name(result, cell), what_it_is(result, cell), load);
}

std::string answer(const RunResult& result, const Analysis& analysis, int cell) {
  if (!result.suite.reference.empty()) return steps(result, analysis, cell);
  const auto traced = cpu_comparisons(result, analysis, cell, ArmRole::traced);
  const std::string name = cell_name(result, cell);
  if (traced.empty()) return fmt::format("No arm of {} traces: nothing to compare.", name);
  const auto lead =
      std::find_if(traced.begin(), traced.end(), [](const auto* c) { return has_number(*c); });
  if (lead == traced.end()) {
    return fmt::format("No CPU figure for {}: every comparison is void ({}: {}).", name,
                       traced.front()->arm, traced.front()->reason);
  }
  std::string text = leading_sentence(result, **lead);
  for (const Comparison* comparison : traced) {
    if (comparison != *lead) text += following_clause(result.suite, *comparison);
  }
  return text + ".";
}

std::string noise_floor(const RunResult& result, const Analysis& analysis, int cell) {
  std::string text;
  for (const Comparison* comparison : cpu_comparisons(result, analysis, cell, ArmRole::sham)) {
    if (!has_number(*comparison)) continue;
    text += fmt::format(
        "{}Noise floor: {} is {} once more and differs from it by {} CPU per request.",
        text.empty() ? "" : " ", comparison->arm, comparison->reference, effect(*comparison));
  }
  return text;
}

std::string word_rule(const Analysis& analysis) {
  const WordRule& rule = analysis.words;
  if (!rule.together) return "";
  std::string text = fmt::format(
      "All {} comparisons are tested together: of those that say higher or lower, 5 % are false on "
      "average (Benjamini-Hochberg). Each interval is a 95 % interval by itself.",
      rule.comparisons);
  if (rule.fewest_told > 1) {
    text += fmt::format(" {} blocks are few: no difference is told unless {} or more are there.",
                        rule.blocks, rule.fewest_told);
  }
  return text;
}

std::string sham_verdict(const RunResult& result, const Analysis& analysis) {
  const WordRule& rule = analysis.words;
  if (rule.sham_comparisons == 0) return "";
  std::vector<std::string_view> arms;
  std::vector<std::string> moved;
  for (const ArmSpec& arm : result.suite.arms) {
    if (arm.role == ArmRole::sham) arms.push_back(arm.name);
  }
  for (const Comparison& comparison : analysis.comparisons) {
    if (arm_called(result.suite, comparison.arm).role != ArmRole::sham) continue;
    if (comparison.word != Word::higher && comparison.word != Word::lower) continue;
    moved.push_back(
        fmt::format("{} of {}", label_of(comparison.metric), cell_name(result, comparison.cell)));
  }
  const std::string of =
      fmt::format("{} comparison{}", rule.sham_comparisons, rule.sham_comparisons == 1 ? "" : "s");
  const std::string_view off = result.suite.arms.front().name;
  if (!moved.empty()) {
    return fmt::format("{}: differs from {} in {} ({}, tested at 5 % together).",
                       fmt::join(arms, ", "), off, fmt::join(moved, ", "), of);
  }
  if (rule.sham_blocks_needed > 0) {
    return fmt::format(
        "{}: no difference from {} was found. But these are too few blocks to find one among {}: "
        "that takes {} blocks.",
        fmt::join(arms, ", "), off, of, rule.sham_blocks_needed);
  }
  return fmt::format("{}: no difference from {} ({}, tested at 5 % together).",
                     fmt::join(arms, ", "), off, of);
}

std::string cost_model(const RunResult& result, const CostModel& model) {
  const std::string of = subject(result, model.cell);
  if (!model.a_us || !model.b_us) return fmt::format("No cost model of {}: {}.", of, model.reason);
  std::string text = fmt::format(
      "Cost model of {}, CPU per request: {} untraced; tracing adds {} to every request, and {} "
      "more "
      "to a sampled one ({} blocks, approximate 95 % intervals).",
      of, format_nanos(model.off_us.value_or(0) * 1e3),
      format_amount(*model.a_us, *model.a_interval, "us"),
      format_amount(*model.b_us, *model.b_interval, "us"), model.blocks);
  std::vector<std::string> parts;
  for (const CostSlope& slope : model.slopes) {
    parts.push_back(fmt::format("{} from {:.3g} to {:.3g} %",
                                format_amount(slope.b_us, slope.interval, "us"),
                                100 * slope.from.share(), 100 * slope.to.share()));
  }
  if (model.bends) {
    text += fmt::format(" By two neighbouring rates alone a sampled request pays {}: {}.",
                        fmt::join(parts, ", "),
                        *model.bends ? "the line bends, so these numbers do not hold at all rates"
                                     : "no bend was found");
  }
  if (!model.reason.empty()) text += " Caution: " + model.reason + ".";
  return text;
}

std::string sampled_answer(const RunResult& result, const Analysis& analysis, int cell) {
  std::string most;
  for (const SampledEffect& effect : analysis.sampled_effects) {
    if (effect.cell != cell) continue;
    if (most.empty() ||
        arm_called(result.suite, effect.arm).rate > arm_called(result.suite, most).rate)
      most = effect.arm;
  }
  std::vector<std::string> parts;
  for (const SampledEffect& effect : analysis.sampled_effects) {
    if (effect.cell != cell || effect.arm != most) continue;
    parts.push_back(fmt::format("p{:.0f} by {}", 100 * effect.quantile,
                                format_effect(effect.estimate_pct, effect.interval_pct)));
  }
  if (parts.empty()) return "";
  return fmt::format(
      "In {} the response time of sampled requests differs from that of unsampled ones in the same "
      "segments: {}.",
      most, fmt::join(parts, ", "));
}

std::vector<std::string> remarks(const Analysis& analysis, int cell) {
  struct Remark {
    std::string kind, arms, reason;
    std::vector<std::string_view> metrics;
  };
  std::vector<Remark> found;
  const auto add = [&](const std::string& kind, Metric metric, const std::string& arms,
                       const std::string& reason) {
    for (Remark& remark : found) {
      if (remark.kind != kind || remark.arms != arms || remark.reason != reason) continue;
      remark.metrics.push_back(label_of(metric));
      return;
    }
    found.push_back({kind, arms, reason, {label_of(metric)}});
  };
  // Arms of one metric with the same reason first, then metrics with the same arms.
  const std::vector<Comparison>& all = analysis.comparisons;
  for (std::size_t first = 0; first < all.size(); ++first) {
    const Comparison& comparison = all[first];
    const auto same = [&](const Comparison& other) {
      return other.cell == comparison.cell && other.metric == comparison.metric &&
             other.reason == comparison.reason;
    };
    if (comparison.cell != cell || comparison.reason.empty()) continue;
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(first);
    if (std::any_of(all.begin(), end, same)) continue;
    std::vector<std::string_view> arms;
    for (const Comparison& other : all) {
      if (same(other)) arms.push_back(other.arm);
    }
    add(comparison.word == Word::void_ ? "void" : "caution", comparison.metric,
        fmt::format("{}", fmt::join(arms, ", ")), comparison.reason);
  }
  std::vector<std::string> texts;
  for (const Remark& remark : found) {
    texts.push_back(fmt::format("{}: {} of {}: {}", remark.kind, fmt::join(remark.metrics, ", "),
                                remark.arms, remark.reason));
  }
  return texts;
}

std::vector<std::string> void_details(const RunResult& result, int cell) {
  struct Rule {
    std::size_t segments = 0;
    std::string first;
  };
  std::map<VoidRule, Rule> broken;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell) continue;
    for (const VoidReason& reason : segment.voids) {
      Rule& rule = broken[reason.rule];
      if (rule.segments++ > 0) continue;
      rule.first =
          fmt::format("block {}, {}: {}", segment.spec.block + 1, segment.arm, reason.detail);
    }
  }
  std::vector<std::string> details;
  for (const auto& [rule, what] : broken) {
    details.push_back(fmt::format("{} in {} segment{}; {}{}", name_of(rule), what.segments,
                                  what.segments == 1 ? "" : "s",
                                  what.segments == 1 ? "" : "first in ", what.first));
  }
  return details;
}

std::vector<std::string> broken_propagation(const RunResult& result,
                                            const std::vector<ArmTotals>& totals) {
  std::vector<std::string> sentences;
  for (const ArmTotals& arm : totals) {
    std::vector<std::string> services;
    for (const auto& [service, traces] : arm.began_traces) {
      services.push_back(
          fmt::format("{} began {} traces of its own",
                      service.empty() ? "a service without a name" : "service " + quote(service),
                      format_count(traces)));
    }
    if (services.empty()) continue;
    sentences.push_back(fmt::format(
        "{}: broken propagation: {}; the context of its callers does not reach it",
        result.suite.arms.at(static_cast<std::size_t>(arm.arm)).name, fmt::join(services, ", ")));
  }
  return sentences;
}

std::string run_state(const RunResult& result) {
  const auto valid = std::count_if(result.segments.begin(), result.segments.end(),
                                   [](const SegmentRecord& segment) { return segment.valid(); });
  const std::size_t planned = std::max(result.plan.segments.size(), result.segments.size());
  const std::string ended = settled(result);
  // A run that was settled early is whole: what was not measured was not needed.
  const std::string measured =
      ended.empty() ? fmt::format("{} of {} segments measured", result.segments.size(), planned)
                    : fmt::format("{}; {} segments measured", ended, result.segments.size());
  std::string text = fmt::format("{}: {}, {} valid", name_of(result.status), measured, valid);
  if (!result.partial_reason.empty()) text += " (" + result.partial_reason + ")";
  return text;
}

std::string load_description(const RunResult& result, int cell) {
  const LoadShape& load = result.suite.load;
  const auto index = static_cast<std::size_t>(cell);
  const double rate = index < result.cell_rates.size() ? result.cell_rates[index] : 0;
  const Cell& where = result.plan.cells.at(index);
  const OfferedRate& level = load.levels.at(static_cast<std::size_t>(where.level));
  std::string offered = format_offered_rate(level);
  if (rate > 0) {
    offered = format_rate(rate);
    if (const auto* share = std::get_if<CapacityShare>(&level)) {
      const double capacity =
          index < result.cell_capacities.size() ? result.cell_capacities[index] : 0;
      offered += fmt::format(
          " ({} % of what {} can do{})", fmt::format("{:.3g}", 100 * share->share),
          result.suite.arms.front().name, capacity > 0 ? ", " + format_rate(capacity) : "");
    }
  }
  return fmt::format("open loop {}, {} arrivals, {} connections", offered,
                     load.arrivals == Arrivals::poisson ? "poisson" : "constant", load.connections);
}

std::string command_to_repeat(const RunResult& result) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < result.argv.size(); ++i) {
    const std::string& word = result.argv[i];
    if (word == "--seed") {
      ++i;  // its value
    } else if (!word.starts_with("--seed=")) {
      words.push_back(shell_word(i == 0 ? "tracetax" : word));
    }
  }
  if (words.empty()) words = {"tracetax", "run", shell_word(result.suite.path)};
  words.push_back(fmt::format("--seed={}", result.plan.seed));
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace tracetax
