// Reads what is to be judged: a suite's "gate", and budgets as the command line spells them. What a
// suite leaves open is filled in by `complete_gate`, so that a stored gate says all of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/gate/gate_spec.h"
#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// The suite's "gate" object. Every mistake is noted with its place.
[[nodiscard]] GateSpec read_gate(const Json& value, const std::string& pointer,
                                 const std::vector<ArmSpec>& arms, Mistakes& mistakes);

/// A usage error for a metric that is reported only.
[[nodiscard]] Status check_may_be_judged(Metric metric);

/// "5%", "5us", "5%|5us" (the larger of the two): an amount needs a unit that fits the metric (a
/// time; bytes as "1MiB"; capacity takes a percentage only). 0 is allowed; a percentage is at most
/// 1000, and below 100 for capacity.
[[nodiscard]] Result<Budget> parse_budget(Metric metric, std::string_view text);
/// As it is read: "5%|5us".
[[nodiscard]] std::string format_budget(Metric metric, const Budget& budget);

/// "cpu=5%,p99=15%|100us": the required metrics, in place of those of the suite. Usage error for a
/// metric with two budgets.
[[nodiscard]] Result<std::vector<GateMetric>> parse_budgets(std::string_view text);

[[nodiscard]] Result<InconclusivePolicy> parse_inconclusive(std::string_view name);
[[nodiscard]] Result<StopRule> parse_stop_rule(std::string_view name);

/// The arm that a gate judges where nobody names one: as much as services in production sample.
inline constexpr std::string_view kUsualArm = "on@10%";

/// Fills in what the suite left open. The arm is kUsualArm, or else the traced arm with the highest
/// rate. The metrics are those that the suite measures and that have a default budget, within that
/// budget. The looks are those of the effort. Afterwards `alpha` is the sum of the looks.
///
/// Usage error if there is nothing to judge, if a metric is not measured or is only reported, or if
/// a FAIL is out of reach. The smallest p-value of n pairs is 2^-n (or that of n bets won), and the
/// last look's share of alpha, divided by the number of tests, must not be below it.
[[nodiscard]] Status complete_gate(GateSpec& gate, const Suite& suite);

/// As it stands in result.json; read_gate reads it.
[[nodiscard]] Json gate_form(const GateSpec& gate);

}  // namespace tracetax
