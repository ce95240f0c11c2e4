// SPDX-License-Identifier: Apache-2.0
#include "harness/run/trees/segment_trees.h"

#include <algorithm>
#include <set>

#include "harness/core/receipt/tree_check.h"
#include "harness/core/text/quote.h"
#include "harness/core/topology/span_trees.h"
#include "harness/core/topology/step_walk.h"

namespace tracetax {
namespace {

constexpr unsigned kLegFailed = 503;
constexpr std::size_t kMostTrees = 65'000;

/// The front's route of "POST /orders/7 HTTP/1.1..."; empty: none.
std::string route_of_request(const Topology& topology, std::string_view bytes) {
  const std::size_t space = bytes.find(' ');
  const std::string_view path = bytes.substr(space + 1);
  return route_of(topology, bytes.substr(0, space), path.substr(0, path.find(' ')));
}

std::vector<std::string> words_of(const std::string& outcome) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < outcome.size();) {
    const std::size_t end = std::min(outcome.find(' ', at), outcome.size());
    if (end > at) words.push_back(outcome.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// Whether one of these branches is taken at a deadline, behind which the callee runs on.
bool may_be_late(const Topology& topology, const std::vector<std::string>& labels) {
  bool late = false;
  const auto look = [&](const CallStep& call) {
    late = late || (call.failed && call.deadline > Nanos{0} &&
                    std::ranges::find(labels, call.failed->label) != labels.end());
  };
  for (const ServiceTopology& service : topology.services) {
    for (const auto& [route, steps] : service.routes) for_each_call(steps, look);
    for (const ConsumerSpec& consumer : service.consumers) for_each_call(consumer.steps, look);
  }
  return late;
}

}  // namespace

Status read_outcomes(const Topology& topology, PreparedScenario& scenario) {
  const auto refuse = [&](std::string_view what) {
    return failure(ExitCode::usage, fmt::format("topology {}: {}", topology.name, what));
  };
  if (scenario.protocol != Protocol::http1)
    return refuse("its front is asked over HTTP/1.1; the scenario speaks another protocol");
  if (scenario.keeps_cookies)
    return refuse("with cookies nobody knows which request is whose trace; leave out \"cookies\"");
  for (const RequestTemplate& request : scenario.requests) {
    if (!route_of_request(topology, request.bytes).empty()) continue;
    const auto& routes = front_service(topology).routes;
    std::string known;
    for (const auto& [route, steps] : routes) known += (known.empty() ? "" : ", ") + route;
    return refuse(fmt::format("the front has no route for {}; its routes: {}",
                              quote(request.bytes.substr(0, request.bytes.find(" HTTP"))), known));
  }
  std::set<int> statuses;
  for (const auto& [route, steps] : front_service(topology).routes) {
    for (const RouteOutcome& outcome : outcomes_of(topology, route)) {
      if (outcome.status != kLegFailed) statuses.insert(static_cast<int>(outcome.status));
    }
  }
  scenario.reads_outcome = true;
  scenario.branch_statuses.assign(statuses.begin(), statuses.end());
  return {};
}

SegmentTrees::SegmentTrees(const Topology& topology, const PreparedScenario& scenario)
    : topology_(topology) {
  cycle_.turns = scenario.turns;
  for (const RequestTemplate& request : scenario.requests)
    routes_.push_back(route_of_request(topology, request.bytes));
  has_batches_ = std::ranges::any_of(topology.services, [](const ServiceTopology& service) {
    return std::ranges::any_of(service.consumers,
                               [](const ConsumerSpec& consumer) { return consumer.batch > 1; });
  });
}

Result<std::uint16_t> SegmentTrees::tree_of(const std::string& route, const std::string& outcome,
                                            ExpectedSpans& expected) {
  const auto [known, is_new] = known_.try_emplace({route, outcome});
  if (!is_new) return known->second;
  const std::vector<std::string> labels = words_of(outcome);
  auto tree = expected_tree(topology_, route, labels);
  if (tree && expected.trees.size() >= kMostTrees)
    tree = failure(ExitCode::invalid, "there are more ways through the topology than can be told");
  if (!tree) {
    known_.erase(known);
    return failure(tree.error());
  }
  known->second = static_cast<std::uint16_t>(expected.trees.size());
  expected.trees.push_back({route + (outcome.empty() ? "" : ", ") + outcome, std::move(*tree),
                            may_be_late(topology_, labels)});
  return known->second;
}

Status SegmentTrees::add(ExpectedPhase phase, const LoadResult& result, ExpectedSpans& expected) {
  // The first stands for requests whose answer is not known: nothing is compared with it.
  if (expected.trees.empty()) expected.trees.push_back({"unanswered", {}});
  phase.trees.assign(phase.requests, 0);
  Status status;
  const std::size_t answered =
      result.outcomes ? std::min<std::size_t>(result.outcomes->of_request.size(), phase.requests)
                      : 0;
  // By route and outcome: what there are many of is looked up once.
  std::vector<std::vector<int>> found(
      routes_.size(), std::vector<int>(result.outcomes ? result.outcomes->texts.size() : 0, -1));
  for (std::uint64_t k = 0; k < answered; ++k) {
    const std::uint8_t outcome = result.outcomes->of_request[k];
    if (outcome == kNoOutcome) continue;
    const std::size_t request = cycle_.index_of(k, routes_.size());
    int& tree = found[request][outcome];
    if (tree < 0) {
      const auto made = tree_of(routes_[request], result.outcomes->texts[outcome], expected);
      if (!made && status) status = failure(made.error());
      tree = made ? *made : 0;
    }
    phase.trees[k] = static_cast<std::uint16_t>(tree);
    if (tree == 0) phase.uncertain.push_back(k);
  }
  expected.phases.push_back(std::move(phase));
  return status;
}

}  // namespace tracetax
