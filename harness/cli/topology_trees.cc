// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/topology_trees.h"

#include <fmt/ranges.h>

#include "harness/core/files/suite_files.h"
#include "harness/core/text/text_file.h"
#include "harness/core/topology/span_trees.h"
#include "harness/core/topology/topology_reader.h"

namespace tracetax {
namespace {

std::string trees_text(const Topology& topology) {
  std::string text;
  for (const auto& [route, steps] : front_service(topology).routes) {
    for (const RouteOutcome& outcome : outcomes_of(topology, route)) {
      const bool plain = outcome.labels.empty();
      text += fmt::format("{}{}{}: {}, {} spans\n{}\n", route, plain ? "" : ", ",
                          fmt::join(outcome.labels, " "), outcome.status, outcome.tree.spans.size(),
                          tree_text(outcome.tree, 2));
    }
  }
  return text;
}

}  // namespace

Result<std::string> trees_of_topology(const std::string& path_or_name) {
  const auto path = find_topology(path_or_name, "");
  if (!path) return failure(path.error());
  const auto document = read_file(*path, kLargestJson);
  if (!document) return failure(document.error());
  const auto system = read_topology(*document, *path);
  if (!system) return failure(system.error());
  const std::string base = trees_text(system->base);
  std::string text = base;
  for (const auto& [name, topology] : system->variants) {
    const std::string trees = trees_text(topology);
    if (trees != base) text += fmt::format("variant {}:\n\n{}", name, trees);
  }
  return text;
}

}  // namespace tracetax
