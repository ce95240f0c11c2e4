// The scenarios that a suite can name as "kind". Adding one: a file with a PrepareScenario function
// and a line in catalog.cc; or, from outside, a plugin (plugin.h, plugin_host.h).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "harness/core/text/catalog.h"
#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

[[nodiscard]] std::span<const CatalogEntry<PrepareScenario>> scenarios();

}  // namespace tracetax
