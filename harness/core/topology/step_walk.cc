// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/step_walk.h"

#include <type_traits>

namespace tracetax {

void for_each_call(const Steps& steps, const std::function<void(const CallStep&)>& act) {
  for (const Step& step : steps) {
    std::visit(
        [&act](const auto& what) {
          using Kind = std::decay_t<decltype(what)>;
          if constexpr (std::is_same_v<Kind, CallStep>) act(what);
          if constexpr (requires { what.steps; }) for_each_call(what.steps, act);
          if constexpr (requires { what.branches; }) {
            for (const Steps& list : what.branches) for_each_call(list, act);
          }
          if constexpr (std::is_same_v<Kind, LimitStep>) {
            for_each_call(what.none.steps, act);
          } else if constexpr (requires { what.none; }) {
            if (what.none) for_each_call(what.none->steps, act);
          }
          if constexpr (requires { what.failed; }) {
            if (what.failed) for_each_call(what.failed->steps, act);
          }
        },
        step.what);
  }
}

bool calls(const ServiceTopology& service, std::string_view name) {
  bool found = false;
  const auto look = [&](const CallStep& call) { found = found || call.service == name; };
  for (const auto& [route, steps] : service.routes) for_each_call(steps, look);
  for (const ConsumerSpec& consumer : service.consumers) for_each_call(consumer.steps, look);
  return found;
}

}  // namespace tracetax
