// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/scenario_reader.h"

#include <algorithm>

#include "harness/core/json/combinations.h"
#include "harness/core/suite/suite_values.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostScenarios = 256;

ScenarioSpec read_scenario(const std::string& name, const Json& value, const std::string& pointer,
                           Mistakes& mistakes) {
  if (const auto status = check_name(name); !status) mistakes.add(pointer, status.error().message);
  ScenarioSpec scenario;
  scenario.name = name;
  JsonFields fields(value, pointer, mistakes);
  scenario.kind = fields.text("kind").value_or(scenario.kind);
  if (const auto status = check_name(scenario.kind); !status)
    fields.mistake("kind", status.error().message);
  scenario.targets = fields.texts("targets").value_or(std::vector<std::string>{});
  if (const auto connections = fields.integer("connections", 1, kMostConnections))
    scenario.connections = static_cast<int>(*connections);
  scenario.context = read_context(fields).value_or(scenario.context);
  // Everything else is the scenario's own; it knows what is right there.
  if (value.is_object()) scenario.options = value;
  for (const char* key : {"kind", "targets", "connections", "context", "matrix"})
    scenario.options.erase(key);
  return scenario;
}

}  // namespace

std::optional<ContextFormats> read_context(JsonFields& fields) {
  constexpr const char* kKey = "context";
  const Json* value = fields.any(kKey);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> names;
  if (value->is_string()) {
    names.push_back(value->get<std::string>());  // one format is what most people need
  } else if (auto list = fields.texts(kKey)) {
    names = std::move(*list);
  } else {
    return std::nullopt;
  }
  auto formats = parse_context_formats(names);
  if (formats) return std::move(*formats);
  fields.mistake(kKey, formats.error().message);
  return std::nullopt;
}

std::vector<ScenarioSpec> read_scenarios(const Json& scenarios, const std::string& pointer,
                                         Mistakes& mistakes) {
  std::vector<ScenarioSpec> all;
  if (scenarios.empty()) {
    mistakes.add(pointer,
                 R"(names no scenario; write {"get-user": {"kind": "http", "path": "/users/42"}})");
  }
  for (const auto& [name, value] : scenarios.items()) {
    const std::string place = pointer + '/' + pointer_step(name);
    std::vector<Combination> made{{}};
    const bool has_matrix =
        value.is_object() && value.contains("matrix") && !value["matrix"].is_null();
    if (has_matrix)
      made = combinations(value["matrix"], place + "/matrix", kMostScenarios,
                          {"kind", "targets", "matrix"}, mistakes);
    for (const Combination& one : made) {
      if (all.size() == kMostScenarios) {
        mistakes.add(pointer, fmt::format("holds more than {} scenarios", kMostScenarios));
        return all;
      }
      Json whole = value;
      for (const auto& [key, chosen] : one.values.items()) whole[key] = chosen;
      all.push_back(read_scenario(name + one.name, whole, place, mistakes));
      all.back().written_as = name;
      if (std::ranges::count(all, all.back().name, &ScenarioSpec::name) > 1)
        mistakes.add(place,
                     fmt::format("makes {}, which is there already", quote(name + one.name)));
    }
  }
  return all;
}

}  // namespace tracetax
