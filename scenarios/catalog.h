// The scenarios that a suite can name as "kind". Adding one: a file with a function that gives its
// entry and a line in catalog.cc; or, from outside, a plugin (plugin.h, plugin_host.h).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "harness/core/text/catalog.h"
#include "harness/load/scenario/scenario_kind.h"

namespace tracetax {

[[nodiscard]] std::span<const ScenarioEntry> scenarios();

/// What its kind says about it; nothing of a kind that is not in this catalog.
[[nodiscard]] ScenarioFacts describe_scenario(const ScenarioSpec& spec);

}  // namespace tracetax
