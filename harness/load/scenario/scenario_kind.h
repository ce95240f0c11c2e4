// What a kind of scenario is to the rest of the program: a function from its part of the suite to
// ready-made requests. Implemented in scenarios/, called before anything is timed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "harness/core/request/context_format.h"
#include "harness/core/suite/scenario_spec.h"
#include "harness/core/text/catalog.h"
#include "harness/core/text/error.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

/// What the requests are wanted for.
struct ScenarioUse {
  Endpoint endpoint;
  // How requests tell their context; none: header-less, so that the target decides about sampling.
  ContextFormats context{ContextFormat::w3c};
  bool target_is_up = true;  // false: only the options are to be checked, nobody listens yet
};

/// Builds the requests of `spec`. Errors name the suite key.
using PrepareScenario =
    std::function<Result<PreparedScenario>(const ScenarioSpec& spec, const ScenarioUse& use)>;

struct ScenarioKind {
  PrepareScenario prepare;
  DescribeScenario describe = nullptr;  // none: nothing is known
};
using ScenarioEntry = CatalogEntry<ScenarioKind>;

/// Of the fields that carry the context: their names and values, and what a protocol puts around
/// each of them.
[[nodiscard]] inline int context_bytes(const ScenarioSpec& spec, std::size_t around) {
  std::size_t bytes = 0;
  for (const ContextField field : fields_of(spec.context))
    bytes += name_of(field).size() + size_of(field) + around;
  return static_cast<int>(bytes);
}

/// Whether the suite says just that about `key`. For what is read again of options that may be from
/// a stored run, so no mistake is reported.
[[nodiscard]] inline bool says(const ScenarioSpec& spec, const char* key, const Json& value) {
  const auto found = spec.options.find(key);
  return found != spec.options.end() && *found == value;
}

}  // namespace tracetax
