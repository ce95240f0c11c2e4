// Writes result.json. Top-level members stand on their own lines and long lists have one element
// per line, so that grep, diff and a reader's eye have something to hold on to.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "harness/core/suite/gate_reader.h"
#include "harness/core/text/url_parts.h"
#include "reports/record/comparison_json.h"
#include "reports/record/environment_json.h"
#include "reports/record/json_values.h"
#include "reports/record/judgement_json.h"
#include "reports/record/result_json.h"
#include "reports/record/segment_json.h"

namespace tracetax {
namespace {

std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// Adds `"key": value` lines to an object's text; lists of objects get a line per element.
class Members {
 public:
  void add(const char* key, const Json& value) { add_text(key, dump(value)); }

  template <typename Range, typename ToJson>
  void add_list(const char* key, const Range& range, const ToJson& to_json) {
    std::string lines;
    for (const auto& element : range) {
      lines += (lines.empty() ? "\n  " : ",\n  ") + dump(to_json(element));
    }
    add_text(key, lines.empty() ? "[]" : "[" + lines + "\n ]");
  }

  [[nodiscard]] std::string text() && { return "{" + std::move(text_) + "\n}\n"; }

 private:
  void add_text(const char* key, const std::string& value) {
    text_ += (text_.empty() ? "\n \"" : ",\n \"") + std::string(key) + "\": " + value;
  }
  std::string text_;
};

Json config_to_json(const Suite& suite) {
  Json json = Json::object();
  json["path"] = text_or_null(suite.path);
  json["folder"] = text_or_null(suite.folder);
  json["digest_sha256"] = text_or_null(suite.digest_sha256);
  json["resolved"] = suite.resolved;
  return json;
}

Json positive_or_null(const std::vector<double>& values, std::size_t index) {
  return index < values.size() && values[index] > 0 ? number_or_null(values[index]) : Json(nullptr);
}

Json cell_to_json(const RunResult& result, std::size_t index) {
  const Cell& cell = result.plan.cells[index];
  Json json = Json::object();
  json["target"] = result.suite.targets.at(static_cast<std::size_t>(cell.target)).name;
  json["scenario"] = result.suite.scenarios.at(static_cast<std::size_t>(cell.scenario)).name;
  json["level"] = level_name(result.suite.load.levels.at(static_cast<std::size_t>(cell.level)));
  json["rate"] = positive_or_null(result.cell_rates, index);
  json["capacity"] = positive_or_null(result.cell_capacities, index);
  return json;
}

Json slice_choice_to_json(const std::optional<SliceChoice>& choice) {
  if (!choice) return nullptr;
  return {{"in_turns_pct", number_or_null(choice->in_turns_pct)},
          {"one_after_another_pct", number_or_null(choice->one_after_another_pct)},
          {"turns", choice->turns()}};
}

/// Totals of what the sink received.
Json sink_to_json(const RunResult& result) {
  std::uint64_t spans = 0, bytes = 0, batches = 0, errors = 0;
  for (const SegmentRecord& segment : result.segments) {
    spans += segment.receipt.received;
    bytes += segment.receipt.bytes;
    batches += segment.receipt.payloads;
    for (const auto& [reason, count] : segment.receipt.refusals) errors += count;
    errors += segment.receipt.malformed_payloads + segment.receipt.refused_payloads +
              (segment.receipt.sink_failure ? 1 : 0);
  }
  Json json = Json::object();
  json["kind"] = "otlp";
  json["spans_received"] = spans;
  json["bytes"] = bytes;
  json["batches"] = batches;
  json["errors"] = errors;
  return json;
}

Json scenario_to_json(const ScenarioSpec& scenario, const Suite& suite) {
  const auto seconds = [](Nanos time) { return static_cast<double>(time.count()) / 1e9; };
  Json json = Json::object();
  json["name"] = scenario.name;
  json["protocol"] = scenario.kind;
  json["load"] = "open";
  json["connections"] = suite.load.connections;
  json["warmup_s"] = seconds(suite.design.warmup);
  json["segment_s"] = seconds(suite.design.measure);
  json["drain_s"] = seconds(suite.design.drain);
  return json;
}

Json arm_to_json(const ArmSpec& arm) {
  Json json = Json::object();
  json["id"] = arm.name;
  json["role"] = name_of(arm.role);
  json["sampling_rate"] = arm.rate.share();
  json["state"] = arm.state ? Json(name_of(*arm.state)) : Json(nullptr);
  return json;
}

Json check_to_json(const CheckLine& line) {
  Json json = Json::object();
  json["check"] = line.check;
  json["arm"] = text_or_null(line.arm);
  json["word"] = name_of(line.word);
  json["seen"] = line.seen;
  json["remedy"] = text_or_null(line.remedy);
  return json;
}

Json pinning_to_json(const RunResult& result) {
  Json json = Json::object();
  json["driver"] = text_or_null(result.pinned_driver);
  json["target"] = text_or_null(result.pinned_target);
  json["shared"] = text_or_null(result.pinned_shared);
  json["release_mode"] = text_or_null(result.release_mode);
  return json;
}

}  // namespace

std::string write_result_json(const RunResult& result, const Analysis& analysis) {
  const Suite& suite = result.suite;
  std::vector<std::size_t> cells(result.plan.cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = i;

  Members members;
  members.add("schema", kResultSchema);
  members.add("schema_version", kResultSchemaVersion);
  members.add("run_id", result.run_id);
  members.add("started_at", text_or_null(result.started_at));
  members.add("finished_at", text_or_null(result.finished_at));
  if (!result.label.empty()) members.add("label", result.label);
  members.add("status", name_of(result.status));
  members.add("partial_reason", text_or_null(result.partial_reason));
  members.add("tool", tool_to_json(result.tool));
  members.add("config", config_to_json(suite));
  members.add("seed", seed_text(result.plan.seed));
  members.add("argv", result.argv);
  members.add("environment", machine_to_json(result.machine));
  members.add("pinning", pinning_to_json(result));
  members.add_list("subjects", result.subjects, subject_to_json);
  members.add("sink", sink_to_json(result));
  members.add_list("scenarios", suite.scenarios,
                   [&](const ScenarioSpec& scenario) { return scenario_to_json(scenario, suite); });
  members.add_list("arms", suite.arms, arm_to_json);
  members.add_list("cells", cells, [&](std::size_t i) { return cell_to_json(result, i); });
  members.add("slice_choice", slice_choice_to_json(result.slice_choice));
  members.add("stop_reason", text_or_null(result.stop_reason));
  members.add("gate", result.gate ? gate_form(*result.gate) : Json(nullptr));
  members.add("verdict", analysis.judgement ? judgement_to_json(*analysis.judgement, *result.gate)
                                            : Json(nullptr));
  if (!result.checks.empty()) members.add_list("checks", result.checks, check_to_json);
  members.add("run_warnings", result.warnings);
  members.add("warnings", analysis.warnings);
  members.add_list("comparisons", analysis.comparisons, comparison_to_json);
  members.add_list("cost_model", analysis.cost_models, cost_model_to_json);
  members.add_list("sampled_effect", analysis.sampled_effects, sampled_effect_to_json);
  members.add_list("plan", result.plan.segments,
                   [&](const SegmentSpec& spec) { return spec_to_json(spec, suite); });
  members.add_list("segments", result.segments,
                   [&](const SegmentRecord& segment) { return segment_to_json(segment, suite); });
  // A command or a variable of a target may hold a password.
  return without_userinfo(std::move(members).text());
}

}  // namespace tracetax
