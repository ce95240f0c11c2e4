// What a kind of scenario is to the rest of the program: a function from its part of the suite to
// ready-made requests. Implemented in scenarios/, called before anything is timed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "harness/core/suite/scenario_spec.h"
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

}  // namespace tracetax
