// What the OpenTelemetry instrumentation of CloudWeGo's frameworks (Kitex, Hertz) has in common:
// the propagators that its provider installs, and the events that it makes of the framework's
// statistics.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "targets/stages/trace/trace.h"

namespace tracetax {

inline constexpr Propagators kCloudwego{Propagator::b3_multi, Propagator::ot, Propagator::baggage,
                                        Propagator::trace_context};

/// Events with the one attribute event.status, which is 1 (information) unless something failed.
[[nodiscard]] inline std::vector<EventSpec> stats_events(
    std::initializer_list<std::string_view> before, std::initializer_list<std::string_view> after) {
  const AttributeTable status{{"event.status", ExchangeValue::fixed_int, {}, 1}};
  std::vector<EventSpec> events;
  for (const auto name : before) events.push_back({name, EventSpec::When::before, status});
  for (const auto name : after) events.push_back({name, EventSpec::When::after, status});
  return events;
}

}  // namespace tracetax
