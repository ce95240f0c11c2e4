// SPDX-License-Identifier: Apache-2.0
#include "reports/record/comparison_json.h"

#include "reports/record/json_values.h"

namespace tracetax {
Json interval_to_json(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  Json json = Json::object();
  json["lo"] = interval->low;
  json["hi"] = interval->high;
  json["level"] = interval->level;
  json["method"] = "HL signed-rank";
  return json;
}

Json comparison_to_json(const Comparison& comparison) {
  Json json = Json::object();
  json["cell"] = comparison.cell;
  json["metric"] = name_of(comparison.metric);
  json["unit"] = unit_of(comparison.metric);
  json["direction"] = higher_is_better(comparison.metric) ? "higher is better" : "lower is better";
  json["arm"] = comparison.arm;
  json["reference"] = comparison.reference;
  json["n_blocks"] = comparison.blocks;
  json["n_blocks_void"] = comparison.blocks_void;
  json["off"] = value_or_null(comparison.off_value);
  json["on"] = value_or_null(comparison.on_value);
  json["estimate_pct"] = value_or_null(comparison.estimate_pct);
  json["ci"] = interval_to_json(comparison.interval_pct);
  json["ratio_of_means_pct"] = value_or_null(comparison.ratio_of_means_pct);
  json["p"] = value_or_null(comparison.p);
  json["p_adjusted"] = value_or_null(comparison.p_adjusted);
  json["word"] = name_of(comparison.word);
  json["reason"] = text_or_null(comparison.reason);
  json["log_ratios"] = comparison.log_ratios;
  return json;
}

Json sampled_effect_to_json(const SampledEffect& effect) {
  Json json = Json::object();
  json["cell"] = effect.cell;
  json["arm"] = effect.arm;
  json["quantile"] = effect.quantile;
  json["n_blocks"] = effect.blocks;
  json["unsampled_ns"] = effect.unsampled_ns;
  json["estimate_pct"] = effect.estimate_pct;
  json["ci"] = interval_to_json(effect.interval_pct);
  return json;
}

Json cost_model_to_json(const CostModel& model) {
  Json json = Json::object();
  json["cell"] = model.cell;
  json["n_blocks"] = model.blocks;
  json["off_us"] = value_or_null(model.off_us);
  json["a_us"] = value_or_null(model.a_us);
  json["a_ci"] = interval_to_json(model.a_interval);
  json["b_us"] = value_or_null(model.b_us);
  json["b_ci"] = interval_to_json(model.b_interval);
  json["slopes"] = Json::array();
  for (const CostSlope& slope : model.slopes) {
    Json part = Json::object();
    part["from"] = slope.from.share();
    part["to"] = slope.to.share();
    part["b_us"] = slope.b_us;
    part["b_ci"] = interval_to_json(slope.interval);
    json["slopes"].push_back(std::move(part));
  }
  json["bends"] = model.bends ? Json(*model.bends) : Json(nullptr);
  json["r2"] = value_or_null(model.r2);
  json["reason"] = text_or_null(model.reason);
  return json;
}

}  // namespace tracetax
