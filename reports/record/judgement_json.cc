// SPDX-License-Identifier: Apache-2.0
#include "reports/record/judgement_json.h"

#include "harness/core/suite/gate_reader.h"
#include "reports/record/comparison_json.h"
#include "reports/record/json_values.h"

namespace tracetax {
namespace {

Json look_to_json(const LookResult& look) {
  Json json = Json::object();
  json["pairs"] = look.look.pairs;
  json["alpha"] = look.look.alpha;
  json["p_fail"] = look.p_fail;
  json["p_pass"] = look.p_pass;
  return json;
}

Json test_to_json(const GatedTest& test) {
  Json json = Json::object();
  json["cell"] = test.cell;
  json["metric"] = name_of(test.metric);
  json["unit"] = unit_of(test.metric);
  json["question"] = name_of(test.question);
  json["required"] = test.required;
  json["arm"] = test.arm;
  json["reference"] = test.reference;
  json["verdict"] = name_of(test.verdict);
  json["reason"] = text_or_null(test.reason);
  json["budget"] = format_budget(test.metric, test.budget);
  json["bound"] = test.bound;
  json["bound_is"] = test.absolute ? "absolute" : "percent";
  json["pairs"] = test.pairs;
  json["pairs_usable"] = test.pairs_usable;
  json["pairs_void"] = test.pairs_void;
  json["pairs_lacking"] = test.pairs_lacking;
  json["reference_value"] = value_or_null(test.reference_value);
  json["arm_value"] = value_or_null(test.arm_value);
  json["estimate_pct"] = value_or_null(test.estimate_pct);
  json["ci_pct"] = interval_to_json(test.interval_pct);
  json["estimate"] = value_or_null(test.estimate);
  json["ci"] = interval_to_json(test.interval);
  json["ratio_of_means_pct"] = value_or_null(test.ratio_of_means_pct);
  json["looks"] = Json::array();
  for (const LookResult& look : test.looks) json["looks"].push_back(look_to_json(look));
  json["p_fail_seq"] = test.p_fail;
  json["p_pass_seq"] = test.p_pass;
  json["p_fail_holm"] = test.p_fail_holm;
  json["mde80_pct"] = value_or_null(test.detectable_pct);
  json["pairs_needed"] = test.pairs_needed ? Json(*test.pairs_needed) : Json(nullptr);
  return json;
}

}  // namespace

Json judgement_to_json(const Judgement& judgement, const GateSpec& gate) {
  Json json = Json::object();
  json["overall"] = name_of(judgement.verdict);
  json["exit_code"] = static_cast<int>(exit_code_of(judgement.verdict, gate.inconclusive));
  json["invalid"] = judgement.invalid;
  json["warnings"] = judgement.warnings;
  json["tests"] = Json::array();
  for (const GatedTest& test : judgement.tests) json["tests"].push_back(test_to_json(test));
  return json;
}

}  // namespace tracetax
