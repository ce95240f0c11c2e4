// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/gate_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "harness/core/suite/check_off.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/stats/e_process.h"

namespace tracetax {
namespace {

constexpr double kLargestPct = 1000;
constexpr double kSmallestAlpha = 1e-4, kLargestAlpha = 0.25;

/// What the looks spend together, as the tests use it; rounding of the sum does not leave the
/// range.
double alpha_of(const std::vector<Look>& looks) {
  return std::clamp(total_alpha(looks), kSmallestAlpha, kLargestAlpha);
}

Result<double> parse_pct(Metric metric, std::string_view text) {
  const std::string_view digits = text.substr(0, text.size() - 1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(value) ||
      std::signbit(value)) {
    return failure(ExitCode::usage,
                   fmt::format("{} is no percentage; write it like \"5%\"", quote(text)));
  }
  if (value > kLargestPct) {
    return failure(ExitCode::usage, fmt::format("{} is more than {} %", quote(text), kLargestPct));
  }
  if (higher_is_better(metric) && value >= 100) {
    return failure(ExitCode::usage,
                   fmt::format("{}: a {} cannot fall by all of it; write less than 100 %",
                               quote(text), label_of(metric)));
  }
  return value;
}

Result<double> parse_amount(Metric metric, std::string_view text) {
  if (metric->unit.parse != nullptr) return metric->unit.parse(text);
  return failure(ExitCode::usage, fmt::format("{}: a budget of {} is a percentage, such as \"5%\"",
                                              quote(text), label_of(metric)));
}

Result<Metric> parse_judged_metric(std::string_view name) {
  const auto metric = parse_metric(name);
  if (!metric) return metric;
  if (Status may = check_may_be_judged(*metric); !may) return failure(may.error());
  return metric;
}

void read_metric(Metric metric, const Json& value, bool required, const std::string& pointer,
                 Mistakes& mistakes, std::vector<GateMetric>& metrics) {
  GateMetric gated{
      .metric = metric, .required = required, .budget = {}, .regress_pct = metric->margin_pct};
  const auto parse = [metric](std::string_view text) { return parse_budget(metric, text); };
  if (value.is_string()) {
    const auto budget = parse(value.get<std::string>());
    if (budget) gated.budget = *budget;
    if (!budget) mistakes.add(pointer, budget.error().message);
  } else {
    JsonFields fields(value, pointer, mistakes);
    fields.require("budget", R"(what it may cost, such as "budget": "5%")");
    gated.budget = fields.parsed("budget", parse).value_or(Budget{});
    if (const auto floor = fields.parsed("floor", parse)) {
      if (!floor->absolute || floor->pct) fields.mistake("floor", "is an amount, such as \"5us\"");
      if (gated.budget.absolute) fields.mistake("floor", "stands in the budget already");
      gated.budget.absolute = floor->absolute;
    }
    const auto percent = [metric](std::string_view text) -> Result<double> {
      const auto margin = parse_budget(metric, text);
      if (!margin) return failure(margin.error());
      if (!margin->pct || margin->absolute)
        return failure(ExitCode::usage, "is a percentage, such as \"3%\"");
      return *margin->pct;
    };
    gated.regress_pct = fields.parsed("regress", percent).value_or(gated.regress_pct);
    fields.finish();
  }
  metrics.push_back(gated);
}

void read_metrics(JsonFields& fields, std::string_view key, bool required,
                  std::vector<GateMetric>& metrics) {
  const Json* object = fields.object(key);
  if (object == nullptr) return;
  for (const auto& [name, value] : object->items()) {
    const std::string pointer = fields.pointer_to(key) + '/' + pointer_step(name);
    const auto metric = parse_judged_metric(name);
    if (!metric) {
      fields.mistakes().add(pointer, metric.error().message);
      continue;
    }
    if (std::ranges::find(metrics, *metric, &GateMetric::metric) != metrics.end()) {
      fields.mistakes().add(pointer, fmt::format("{} is judged a second time", quote(name)));
      continue;
    }
    read_metric(*metric, value, required, pointer, fields.mistakes(), metrics);
  }
}

std::vector<Look> read_looks(JsonFields& fields) {
  std::vector<Look> looks;
  const Json* array = fields.array("looks");
  if (array == nullptr) return looks;
  for (std::size_t i = 0; i < array->size(); ++i) {
    JsonFields look((*array)[i], fmt::format("{}/{}", fields.pointer_to("looks"), i),
                    fields.mistakes());
    look.require("pairs", "\"pairs\": 10").require("alpha", "\"alpha\": 0.01");
    const auto pairs = look.integer("pairs", 6, 1000);
    const auto alpha = look.number("alpha", 1e-6, 0.25);
    look.finish();
    if (!pairs || !alpha) continue;
    if (!looks.empty() && *pairs <= looks.back().pairs)
      look.mistake("pairs", "is not above the look before");
    looks.push_back({static_cast<int>(*pairs), *alpha});
  }
  if (looks.size() > 10) fields.mistake("looks", "holds more than 10 looks");
  return looks;
}

std::vector<GateMetric> default_metrics(const Suite& suite) {
  std::vector<GateMetric> metrics;
  for (const Metric metric : all_metrics()) {
    const std::optional<DefaultBudget>& as = metric->default_budget;
    if (!as || !metric->may_be_gated || !measures(suite.design, metric)) continue;
    metrics.push_back({metric, as->required, as->budget, metric->margin_pct});
  }
  return metrics;
}

std::vector<std::string> default_arms(const Suite& suite) {
  const ArmSpec* chosen = nullptr;
  for (const ArmSpec& arm : suite.arms) {
    if (arm.role != ArmRole::traced) continue;
    if (arm.name == kUsualArm) return {arm.name};
    if (chosen == nullptr || arm.rate > chosen->rate) chosen = &arm;
  }
  if (chosen == nullptr) return {};
  return {chosen->name};
}

/// Of a stored run also those that were not even measured, for which its gate stands.
std::vector<std::string> passed_over(const GateSpec& gate, const Suite& suite) {
  std::vector<std::string> names = gate.arms_passed_over;
  for (const ArmSpec& arm : suite.arms) {
    const bool is_known = std::ranges::find(names, arm.name) != names.end();
    const bool is_apart = arm.role != ArmRole::traced || arm.name == kCheckOffArm;
    if (!is_known && !is_apart) names.push_back(arm.name);
  }
  std::erase_if(names, [&](const std::string& name) {
    return std::ranges::find(gate.arms, name) != gate.arms.end();
  });
  return names;
}

}  // namespace

Status check_may_be_judged(Metric metric) {
  if (metric->may_be_gated) return {};
  return failure(ExitCode::usage,
                 fmt::format("{} is reported only and cannot be judged", label_of(metric)));
}

Result<Budget> parse_budget(Metric metric, std::string_view text) {
  Budget budget;
  std::string_view rest = text;
  while (true) {
    const auto bar = rest.find('|');
    const std::string_view part = rest.substr(0, bar);
    const bool is_pct = part.ends_with('%');
    auto& slot = is_pct ? budget.pct : budget.absolute;
    if (part.empty() || slot) {
      return failure(
          ExitCode::usage,
          fmt::format("{} is no budget; write \"5%\", \"5us\" or \"5%|5us\", the larger of the two",
                      quote(text)));
    }
    const auto value = is_pct ? parse_pct(metric, part) : parse_amount(metric, part);
    if (!value && is_pct) return failure(value.error());
    if (!value) {
      return failure(ExitCode::usage, value.error().message + "; or a percentage, such as 5%");
    }
    slot = *value;
    if (bar == std::string_view::npos) return budget;
    rest = rest.substr(bar + 1);
  }
}

std::string format_budget(Metric metric, const Budget& budget) {
  std::string text;
  if (budget.pct) text = fmt::format("{}%", *budget.pct);
  if (!budget.absolute || metric->unit.format_exact == nullptr) return text;
  if (!text.empty()) text += '|';
  return text + metric->unit.format_exact(*budget.absolute);
}

Result<std::vector<GateMetric>> parse_budgets(std::string_view text) {
  std::vector<GateMetric> metrics;
  std::string wrong;
  const auto note = [&wrong](std::string message) {
    wrong += (wrong.empty() ? "" : "\n") + std::move(message);
  };
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    const auto equals = part.find('=');
    const auto metric = parse_judged_metric(part.substr(0, equals));
    const auto before =
        metric ? std::ranges::find(metrics, *metric, &GateMetric::metric) : metrics.end();
    if (equals == std::string_view::npos) {
      note(fmt::format("{} has no \"=\"; write cpu=5%,p99=15%|100us", quote(part)));
    } else if (!metric) {
      note(metric.error().message);
    } else if (const auto budget = parse_budget(*metric, part.substr(equals + 1)); !budget) {
      note(fmt::format("{}: {}", short_name_of(*metric), budget.error().message));
    } else if (before != metrics.end() && before->budget != *budget) {
      note(fmt::format("{} stands here twice, with {} and {}", quote(short_name_of(*metric)),
                       format_budget(*metric, before->budget), format_budget(*metric, *budget)));
    } else if (before == metrics.end()) {
      metrics.push_back({*metric, true, *budget, (*metric)->margin_pct});
    }
    if (comma == std::string_view::npos) break;
    rest = rest.substr(comma + 1);
  }
  if (!wrong.empty()) return failure(ExitCode::usage, wrong);
  return metrics;
}

Result<InconclusivePolicy> parse_inconclusive(std::string_view name) {
  for (const auto policy :
       {InconclusivePolicy::fail, InconclusivePolicy::warn, InconclusivePolicy::pass}) {
    if (name == name_of(policy)) return policy;
  }
  return failure(ExitCode::usage,
                 unknown_name("policy", name, std::vector<std::string>{"fail", "warn", "pass"}));
}

Result<StopRule> parse_stop_rule(std::string_view name) {
  for (const auto rule : {StopRule::looks, StopRule::anytime}) {
    if (name == name_of(rule)) return rule;
  }
  return failure(ExitCode::usage,
                 unknown_name("rule", name, std::vector<std::string>{"looks", "anytime"}));
}

GateSpec read_gate(const Json& value, const std::string& pointer, const std::vector<ArmSpec>& arms,
                   Mistakes& mistakes) {
  GateSpec gate;
  JsonFields fields(value, pointer, mistakes);
  gate.arms = fields.texts("arms").value_or(gate.arms);
  gate.arms_by_default = fields.boolean("arms_by_default").value_or(gate.arms_by_default);
  gate.arms_passed_over = fields.texts("arms_passed_over").value_or(gate.arms_passed_over);
  std::vector<std::string> judged;
  std::set<std::string> twice;
  for (const ArmSpec& arm : arms) {
    if (arm.role == ArmRole::traced || arm.role == ArmRole::sham) judged.push_back(arm.name);
  }
  for (const std::string& name : gate.arms) {
    if (std::ranges::find(judged, name) == judged.end())
      fields.mistake("arms", unknown_name("arm", name, judged));
    if (std::ranges::count(gate.arms, name) > 1) twice.insert(name);
  }
  for (const std::string& name : twice) {
    fields.mistake("arms", fmt::format("{} stands here twice", quote(name)));
  }
  read_metrics(fields, "required", true, gate.metrics);
  read_metrics(fields, "advisory", false, gate.metrics);
  gate.effort = fields.parsed("effort", parse_effort).value_or(gate.effort);
  gate.looks = read_looks(fields);
  gate.stop = fields.parsed("stop", parse_stop_rule).value_or(gate.stop);
  const auto alpha = fields.number("alpha", kSmallestAlpha, kLargestAlpha);
  gate.alpha = alpha.value_or(gate.alpha);
  if (!gate.looks.empty()) {
    gate.alpha = alpha_of(gate.looks);
    const double spent = total_alpha(gate.looks);
    if (std::abs(spent - gate.alpha) > 1e-9 * spent) {
      fields.mistake("looks", fmt::format("spend {:.4g} together; from {} to {} is right", spent,
                                          kSmallestAlpha, kLargestAlpha));
    } else if (alpha && std::abs(*alpha - gate.alpha) > 1e-9) {
      fields.mistake("alpha",
                     fmt::format("is {}, but the looks spend {:.6g}; leave one of them out", *alpha,
                                 gate.alpha));
    }
  }
  gate.inconclusive = fields.parsed("inconclusive", parse_inconclusive).value_or(gate.inconclusive);
  gate.sham = fields.boolean("sham").value_or(gate.sham);
  gate.forced = fields.boolean("forced").value_or(gate.forced);
  fields.finish();
  return gate;
}

Status complete_gate(GateSpec& gate, const Suite& suite) {
  if (gate.arms.empty()) {
    gate.arms = default_arms(suite);
    gate.arms_by_default = true;
  }
  if (gate.arms.empty()) {
    return failure(ExitCode::usage,
                   "there is no arm to judge: the suite has no traced arm, such as \"on@10%\"");
  }
  for (const std::string& arm : gate.arms) {
    if (std::ranges::count(gate.arms, arm) > 1) {
      return failure(ExitCode::usage, fmt::format("arm {} is judged twice", quote(arm)));
    }
  }
  gate.arms_passed_over = passed_over(gate, suite);
  if (gate.metrics.empty()) gate.metrics = default_metrics(suite);
  std::size_t required = 0;
  for (const GateMetric& gated : gate.metrics) {
    required += gated.required ? 1U : 0U;
    if (Status may = check_may_be_judged(gated.metric); !may) return may;
    if (measures(suite.design, gated.metric)) continue;
    return failure(ExitCode::usage, std::string(gated.metric->why_not_measured(suite.design)));
  }
  if (required == 0) {
    return failure(ExitCode::usage,
                   "no metric is required, so nothing could ever fail; give one: --budget cpu=5%");
  }
  if (gate.looks.empty()) {
    gate.looks = looks_of(gate.effort);
    for (Look& look : gate.looks) look.alpha *= gate.alpha / 0.05;  // the efforts spend 0.05
  }
  gate.alpha = alpha_of(gate.looks);  // as it is read back, to the last digit
  std::size_t cells = 0;
  for (const TargetSpec& target : suite.targets) {
    for (const ScenarioSpec& scenario : suite.scenarios)
      cells += is_for(scenario, target) ? 1U : 0U;
  }
  std::size_t questions = gate.arms.size();
  for (const ArmSpec& arm : suite.arms) questions += arm.role == ArmRole::base ? 1U : 0U;
  const double tests = static_cast<double>(required * cells * questions);
  const Look& last = gate.looks.back();
  const bool anytime = gate.stop == StopRule::anytime;
  const double smallest = anytime ? smallest_anytime_p(last.pairs) : std::ldexp(1.0, -last.pairs);
  const double share = (anytime ? gate.alpha : last.alpha) / tests;
  if (smallest > share) {
    return failure(
        ExitCode::usage,
        fmt::format("{:.0f} required test{} cannot fail with {} pairs: the smallest p-value is "
                    "{:.2g}, and each test's share of the error is {:.2g}; take more blocks "
                    "(--effort full) or fewer required metrics",
                    tests, tests == 1 ? "" : "s", last.pairs, smallest, share));
  }
  return {};
}

Json gate_form(const GateSpec& gate) {
  Json form = Json::object();
  form["arms"] = gate.arms;
  form["arms_by_default"] = gate.arms_by_default;
  form["arms_passed_over"] = gate.arms_passed_over;
  for (const bool required : {true, false}) {
    Json metrics = Json::object();
    for (const GateMetric& gated : gate.metrics) {
      if (gated.required != required) continue;
      metrics[std::string(short_name_of(gated.metric))] = {
          {"budget", format_budget(gated.metric, gated.budget)},
          {"regress", fmt::format("{}%", gated.regress_pct)}};
    }
    form[required ? "required" : "advisory"] = std::move(metrics);
  }
  form["effort"] = name_of(gate.effort);
  form["looks"] = Json::array();
  for (const Look& look : gate.looks)
    form["looks"].push_back({{"pairs", look.pairs}, {"alpha", look.alpha}});
  form["stop"] = name_of(gate.stop);
  form["alpha"] = gate.alpha;
  form["inconclusive"] = name_of(gate.inconclusive);
  form["sham"] = gate.sham;
  form["forced"] = gate.forced;
  return form;
}

}  // namespace tracetax
