// Which spans a request leaves, as follows from a topology.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/topology/span_tree.h"
#include "harness/core/topology/topology.h"

namespace tracetax {

/// Of a request to the front's `route` that took the branches with these labels, in any order.
/// Invalid-measurement error where no request can take them: it says why.
[[nodiscard]] Result<SpanTree> expected_tree(const Topology& topology, std::string_view route,
                                             const std::vector<std::string>& labels);

/// A way that a request to a route can take.
struct RouteOutcome {
  std::vector<std::string> labels;  // sorted
  unsigned status = 200;            // that the front answers with
  SpanTree tree;
};
inline constexpr std::size_t kMostOutcomes = 256;
/// All of them, the one without branches first; at most kMostOutcomes. `route` is one of the
/// front's.
[[nodiscard]] std::vector<RouteOutcome> outcomes_of(const Topology& topology,
                                                    std::string_view route);

/// The service that the load goes to.
[[nodiscard]] const ServiceTopology& front_service(const Topology& topology);

/// The front's route that a request takes, with its segments compared (":id" stands for any);
/// empty: none.
[[nodiscard]] std::string route_of(const Topology& topology, std::string_view method,
                                   std::string_view path);

/// One span a line, children indented: "SERVER gateway POST /orders/:sku". Linked traces below the
/// span that they begin at.
[[nodiscard]] std::string tree_text(const SpanTree& tree, std::size_t indent = 0);

}  // namespace tracetax
