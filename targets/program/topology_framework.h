// A framework made to serve the routes of a topology: its router and its spans know them by the
// names that they have there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/topology/topology.h"
#include "targets/frameworks/clients.h"
#include "targets/program/answer.h"
#include "targets/service/framework.h"

namespace tracetax {

/// What stands behind a route.
struct RouteProgram {
  std::string text;  // "POST /orders/:sku"
  const Steps* steps = nullptr;
};

/// A route in parts. "POST /orders/:sku" has a method and a pattern. "order.Order/Create" has a
/// name on its wire ("/order.Order/Create", "Create", "Order.Create") and the operation that spans
/// are named after, with a slash at the front.
struct TopologyRoute {
  std::string method, pattern;
  std::string wire_name, operation;
};
[[nodiscard]] TopologyRoute topology_route(std::string_view text, ClientWire wire);
/// "/orders/{sku}" of "/orders/:sku".
[[nodiscard]] std::string braces_of(std::string_view pattern);

/// For frameworks whose spans have a fixed prefix: they are named by the operation here.
void name_by_operation(ClientWire wire, TraceRecord& record);

/// `programs` must outlive what is built of it. grpc-go gets its interceptors as stages.
[[nodiscard]] Framework framework_for(Framework framework, ClientWire wire,
                                      const std::vector<RouteProgram>& programs);
[[nodiscard]] AnswerForm answer_form(const Framework& framework);

}  // namespace tracetax
