// A plugin's scenario on its way to the engine: its calls in their order. Everything that the
// plugin hands over is checked before it is used. Where the table comes from is plugin_host.h's
// part.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"
#include "scenarios/plugin/plugin.h"

namespace tracetax {

/// "plugin 'FILE'", in full: what its errors begin with.
[[nodiscard]] std::string plugin_place(const std::string& file);

/// A PrepareScenario when bound to its first two arguments. `table` is checked already and stays
/// for ever. Errors begin with "scenarios.NAME: plugin 'FILE': " on every line, whatever the plugin
/// wrote. An exception that leaves the plugin is an error too; from check_answer it is a wrong
/// answer. If the plugin's scenario checks answers, it lives as long as the last copy of the
/// result. Otherwise it is gone on return.
[[nodiscard]] Result<PreparedScenario> prepare_plugin_scenario(const tracetax_plugin& table,
                                                               const std::string& file,
                                                               const ScenarioSpec& spec,
                                                               const ScenarioUse& use);

}  // namespace tracetax
