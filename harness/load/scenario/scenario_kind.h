// What a kind of scenario is to the rest of the program: a function from its part of the suite to
// ready-made requests. Implemented in scenarios/, called before anything is timed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "harness/core/request/trace_context.h"
#include "harness/core/suite/scenario_spec.h"
#include "harness/core/text/catalog.h"
#include "harness/core/text/error.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

/// What the requests are wanted for.
struct ScenarioUse {
  Endpoint endpoint;
  bool send_traceparent =
      true;  // false: header-less requests, so that the target decides about sampling
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

/// Of a field `traceparent`: its name and value, without what a protocol puts around them.
inline constexpr int kContextBytes =
    static_cast<int>(std::string_view("traceparent").size() + kTraceparentSize);

/// Whether the suite says just that about `key`. For what is read again of options that may be from
/// a stored run, so no mistake is reported.
[[nodiscard]] inline bool says(const ScenarioSpec& spec, const char* key, const Json& value) {
  const auto found = spec.options.find(key);
  return found != spec.options.end() && *found == value;
}

}  // namespace tracetax
