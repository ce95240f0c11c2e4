// What the usual instrumentation calls its spans: the table that targets are checked against. It
// shares nothing with what makes the spans (targets/), and is held against real services: see
// targets/real/otlp/test_ecommerce.py. docs/topologies.md has the sources.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/topology/span_tree.h"
#include "harness/core/topology/topology.h"

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

/// A span of a leg's, under that which is open, or under another one of the same step.
struct LegSpan {
  std::string name;
  SpanKindNumber kind = 3;
  int parent = -1;  // index among the step's; -1: the open span
};
[[nodiscard]] std::vector<LegSpan> leg_spans(const StoreLeg& leg, const SqlStep& step);
[[nodiscard]] std::vector<LegSpan> leg_spans(const StoreLeg& leg, const StoreStep& step);
[[nodiscard]] std::string producer_span_name(const BrokerLeg& leg, std::string_view to);
[[nodiscard]] std::string consumer_span_name(const BrokerLeg& leg, const ConsumerSpec& consumer);

/// Whose instrumentation a leg has, where it does not say, and whose it may have.
[[nodiscard]] std::vector<std::string> instrumentations_of(StoreKind kind);

}  // namespace tracetax
