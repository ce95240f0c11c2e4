// What the usual instrumentation calls its spans: the table that targets are checked against. It
// shares nothing with what makes the spans (targets/), and is held against real services: see
// targets/real/otlp/test_ecommerce.py. docs/topologies.md has the sources.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tracetax {

/// What services of one framework are called over.
enum class ServiceWire { http, grpc, kitex, tars, micro };

/// Frameworks that a service of a topology may stand behind.
[[nodiscard]] std::vector<std::string> topology_frameworks();
/// One of these.
[[nodiscard]] ServiceWire wire_of(std::string_view framework);

/// A route as the topology writes it, in two parts: "POST" and "/orders/:id", or "order.Order" and
/// "Create".
struct RouteParts {
  std::string_view first, second;
};
[[nodiscard]] RouteParts parts_of(std::string_view route, ServiceWire wire);

/// The SERVER span of a route.
[[nodiscard]] std::string server_span_name(std::string_view framework, std::string_view route);
/// The CLIENT spans of a call, the outer one first: go-micro makes two.
[[nodiscard]] std::vector<std::string> client_span_names(std::string_view caller,
                                                         std::string_view callee,
                                                         std::string_view route);

}  // namespace tracetax
