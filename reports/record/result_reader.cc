// Reads result.json. Derived members (comparisons, totals, quantiles) are not looked at.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "harness/core/json/json_source.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/suite/suite_reader.h"
#include "harness/core/text/quote.h"
#include "reports/record/embedded_record.h"
#include "reports/record/environment_json.h"
#include "reports/record/json_values.h"
#include "reports/record/read_list.h"
#include "reports/record/result_json.h"
#include "reports/record/segment_json.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostSegments = 20'000;  // a histogram takes memory even where it is empty
constexpr std::size_t kMostCellsRead = 10'000;

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Anything but a whole JSON object gets one plain sentence.
Error unreadable(std::string_view text, std::string_view file_name, const Error& parse_error) {
  std::string_view left = text, right = text;
  while (!left.empty() && is_blank(left.front())) left.remove_prefix(1);
  while (!right.empty() && is_blank(right.back())) right.remove_suffix(1);
  if (left.empty())
    return {ExitCode::baseline, fmt::format("{}: is empty, not a tracetax result", file_name)};
  if (left.front() != '{') {
    return {ExitCode::baseline,
            fmt::format("{}: not a tracetax result (it does not start with \"{{\")", file_name)};
  }
  // A result ends with a closing brace and a newline; what ends otherwise lost its end.
  const bool names_result = text.substr(0, 4096).find(kResultSchema) != std::string_view::npos;
  const bool ends_early =
      parse_error.message.find("unexpected end of input") != std::string::npos ||
      parse_error.message.find("missing closing quote") != std::string::npos;
  if (ends_early || (names_result && right.back() != '}')) {
    return {ExitCode::baseline,
            fmt::format("{}: cut off at byte {}: the end of the file is missing", file_name,
                        text.size())};
  }
  return {ExitCode::baseline, parse_error.message};
}

Status check_schema(const Json& root, std::string_view file_name) {
  const auto text_at = [&](const char* key) {
    const auto found = root.find(key);
    return found != root.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (!root.contains("schema")) {
    return failure(ExitCode::baseline,
                   fmt::format("{}: not a tracetax result (no \"schema\")", file_name));
  }
  if (text_at("schema") != kResultSchema) {
    return failure(ExitCode::baseline,
                   fmt::format("{}: not a tracetax result (\"schema\" is {}, not \"{}\")",
                               file_name, describe_json(root["schema"]), kResultSchema));
  }
  const std::string version = text_at("schema_version");
  if (!version.starts_with("1.")) {
    return failure(ExitCode::baseline,
                   fmt::format("{}: schema_version {} is not supported; this program reads 1.x "
                               "(it writes {})",
                               file_name, quote(version), kResultSchemaVersion));
  }
  return {};
}

Result<Suite> read_config(JsonFields& fields, std::string_view file_name) {
  fields.require("config", "an object");
  const Json* object = fields.object("config");
  if (object == nullptr) return failure(fields.mistakes().error(ExitCode::baseline));
  JsonFields config(*object, fields.pointer_to("config"), fields.mistakes());
  config.require("resolved", "the suite as it was in force");
  const Json* resolved = config.object("resolved");
  if (resolved == nullptr) return failure(fields.mistakes().error(ExitCode::baseline));

  const std::string text = resolved->dump(-1, ' ', false, Json::error_handler_t::replace);
  auto suite = parse_suite(text, fmt::format("{}: config.resolved", file_name), {});
  if (!suite) return failure(ExitCode::baseline, suite.error().message);
  suite->path = read_text(config, "path");
  suite->folder = read_text(config, "folder");
  suite->digest_sha256 = read_text(config, "digest_sha256");
  suite->resolved = *resolved;
  return suite;
}

template <typename Spec>
int index_of_name(JsonFields& fields, const char* key, const std::vector<Spec>& specs) {
  const std::string name = read_text(fields, key);
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const Spec& s) { return s.name == name; });
  if (found != specs.end()) return static_cast<int>(found - specs.begin());
  fields.mistake(key, "is not in config.resolved");
  return 0;
}

/// Absent in results of versions before levels.
int read_level(JsonFields& cell, const LoadShape& load) {
  if (!cell.has("level")) return 0;
  const std::string name = read_text(cell, "level");
  const auto found = std::ranges::find(load.levels, name, level_name);
  if (found != load.levels.end()) return static_cast<int>(found - load.levels.begin());
  cell.mistake("level", "is not in config.resolved");
  return 0;
}

void read_cells(JsonFields& fields, RunResult& result) {
  read_list(fields, "cells", kMostCellsRead, [&](JsonFields& cell) {
    const int target = index_of_name(cell, "target", result.suite.targets);
    const int scenario = index_of_name(cell, "scenario", result.suite.scenarios);
    result.plan.cells.push_back(
        {.target = target, .scenario = scenario, .level = read_level(cell, result.suite.load)});
    result.cell_rates.push_back(cell.number("rate", 0, 1e12).value_or(0));
    result.cell_capacities.push_back(cell.number("capacity", 0, 1e12).value_or(0));
  });
}

CheckLine read_check(JsonFields& fields) {
  CheckLine line{.check = read_text(fields, "check"), .arm = read_text(fields, "arm")};
  line.word = fields
                  .choice<CheckWord>("word", {{name_of(CheckWord::ok), CheckWord::ok},
                                              {name_of(CheckWord::note), CheckWord::note},
                                              {name_of(CheckWord::warning), CheckWord::warning},
                                              {name_of(CheckWord::refused), CheckWord::refused}})
                  .value_or(CheckWord::ok);
  line.seen = read_text(fields, "seen");
  line.remedy = read_text(fields, "remedy");
  return line;
}

void read_facts(JsonFields& fields, RunResult& result) {
  result.run_id = read_text(fields, "run_id");
  result.started_at = read_text(fields, "started_at");
  result.finished_at = read_text(fields, "finished_at");
  result.label = read_text(fields, "label");
  fields.require("status", "\"complete\", \"partial\" or \"invalid\"");
  for (const RunStatus status : {RunStatus::complete, RunStatus::partial, RunStatus::invalid}) {
    if (fields.text("status") == name_of(status)) result.status = status;
  }
  if (fields.text("status") != name_of(result.status)) {
    fields.mistake("status", "is not complete, partial or invalid");
  }
  result.partial_reason = read_text(fields, "partial_reason");
  result.stop_reason = read_text(fields, "stop_reason");
  if (const Json* object = fields.object("slice_choice")) {
    JsonFields choice(*object, fields.pointer_to("slice_choice"), fields.mistakes());
    result.slice_choice = SliceChoice{
        .in_turns_pct = choice.number("in_turns_pct", 0, 1e9).value_or(0),
        .one_after_another_pct = choice.number("one_after_another_pct", 0, 1e9).value_or(0)};
    if (!result.slice_choice->turns()) result.suite.design.slice.reset();
  }
  if (const Json* gate = fields.any("gate")) {
    result.gate = read_gate(*gate, fields.pointer_to("gate"), result.suite.arms, fields.mistakes());
    if (result.gate->arms.empty() || result.gate->metrics.empty() || result.gate->looks.empty()) {
      fields.mistake("gate", "is not complete: arms, metrics and looks must be there");
    }
  }
  if (fields.has("checks")) {
    read_list(fields, "checks", kMostCellsRead,
              [&](JsonFields& check) { result.checks.push_back(read_check(check)); });
  }
  result.argv = fields.texts("argv").value_or(std::vector<std::string>{});
  result.warnings = fields.texts("run_warnings").value_or(std::vector<std::string>{});
  fields.require("tool", "an object")
      .require("environment", "an object")
      .require("pinning", "an object");
  if (const Json* tool = fields.object("tool")) {
    JsonFields inner(*tool, fields.pointer_to("tool"), fields.mistakes());
    result.tool = read_tool(inner);
  }
  if (const Json* environment = fields.object("environment")) {
    JsonFields inner(*environment, fields.pointer_to("environment"), fields.mistakes());
    result.machine = read_machine(inner);
  }
  if (const Json* pinning = fields.object("pinning")) {
    JsonFields inner(*pinning, fields.pointer_to("pinning"), fields.mistakes());
    result.pinned_driver = read_text(inner, "driver");
    result.pinned_target = read_text(inner, "target");
    result.pinned_shared = read_text(inner, "shared");
    result.release_mode = read_text(inner, "release_mode");
  }
  read_list(fields, "subjects", kMostCellsRead,
            [&](JsonFields& subject) { result.subjects.push_back(read_subject(subject)); });
}

Result<RunResult> read_record(std::string_view text, std::string_view file_name) {
  const auto source = JsonSource::parse(text, std::string(file_name), kLargestResult);
  if (!source) return failure(unreadable(text, file_name, source.error()));
  if (!source->root().is_object()) return failure(unreadable(text, file_name, {}));
  if (const Status schema = check_schema(source->root(), file_name); !schema) {
    return failure(schema.error());
  }

  Mistakes mistakes(*source);
  JsonFields fields(source->root(), "", mistakes);
  RunResult result;
  auto suite = read_config(fields, file_name);
  if (!suite) return failure(suite.error());
  result.suite = std::move(*suite);
  read_facts(fields, result);
  result.plan.seed = read_seed(fields, "seed");
  read_cells(fields, result);
  const std::size_t cells = result.plan.cells.size();
  read_list(fields, "plan", kMostSegments, [&](JsonFields& spec) {
    result.plan.segments.push_back(read_spec(spec, result.suite, cells));
  });
  read_list(fields, "segments", kMostSegments, [&](JsonFields& segment) {
    result.segments.push_back(read_segment(segment, result.suite, cells));
  });
  if (!mistakes.empty()) return failure(mistakes.error(ExitCode::baseline));
  return result;
}

}  // namespace

Result<RunResult> read_result_json(std::string_view text, std::string_view file_name) {
  if (!is_page(text)) return read_record(text, file_name);
  const auto json = record_in_page(text, file_name);
  if (!json) return failure(json.error());
  return read_record(*json, file_name);
}

}  // namespace tracetax
