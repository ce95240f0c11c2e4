// Goes through steps and the branches inside them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "harness/core/topology/topology.h"

namespace tracetax {

/// `act` is told of every call among the steps, in branches too.
void for_each_call(const Steps& steps, const std::function<void(const CallStep&)>& act);

/// Whether a route or a consumer of `service` calls the service called `name`.
[[nodiscard]] bool calls(const ServiceTopology& service, std::string_view name);

}  // namespace tracetax
