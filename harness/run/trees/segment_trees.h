// Which tree of spans each request to a topology must have left, by its route and by the branches
// that its answer named. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/receipt/receipt.h"
#include "harness/core/text/error.h"
#include "harness/core/topology/topology.h"
#include "harness/load/engine.h"

namespace tracetax {

/// How often who counts spans in place exports the counts.
inline constexpr Nanos kCountsEvery = std::chrono::seconds{1};

/// Makes the scenario read outcomes, and take the statuses of the topology's branches as right: not
/// 503, which says that a leg failed. Usage error where nobody could tell which request is whose
/// tree: another protocol than HTTP/1.1, cookies, or a path that is no route of the front.
[[nodiscard]] Status read_outcomes(const Topology& topology, PreparedScenario& scenario);

/// The trees of one segment, phase by phase. The topology must outlive it.
class SegmentTrees {
 public:
  SegmentTrees(const Topology& topology, const PreparedScenario& scenario);

  /// Adds a phase with these results to `expected`. Invalid-measurement error: an answer named
  /// branches that no request to its route can take; those requests are then uncertain.
  [[nodiscard]] Status add(ExpectedPhase phase, const LoadResult& result, ExpectedSpans& expected);

  /// Whether messages are handled in batches: then nobody knows how many spans have to come.
  [[nodiscard]] bool has_batches() const { return has_batches_; }

 private:
  [[nodiscard]] Result<std::uint16_t> tree_of(const std::string& route, const std::string& outcome,
                                              ExpectedSpans& expected);

  const Topology& topology_;
  PreparedScenario cycle_;           // its turns alone
  std::vector<std::string> routes_;  // of each of the scenario's requests
  std::map<std::pair<std::string, std::string>, std::uint16_t> known_;  // by route and outcome
  bool has_batches_ = false;
};

}  // namespace tracetax
