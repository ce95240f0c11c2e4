// SPDX-License-Identifier: Apache-2.0
#include "harness/run/ready_load.h"

#include <algorithm>
#include <utility>

#include "harness/run/trees/segment_trees.h"

namespace tracetax {

Result<ReadyLoad> make_ready_load(const SegmentContext& context, const ArmSpec& arm,
                                  const Endpoint& endpoint) {
  const LoadShape& load = context.suite->load;
  auto scenario =
      context.prepare_scenario(context.scenario, {endpoint, context_sent(context, arm)});
  if (!scenario) return failure(scenario.error().within("scenario " + context.scenario.name));
  if (const auto& system = context.target.system) {
    if (const Status read = read_outcomes(system->of(arm.variant), *scenario); !read)
      return failure(read.error().within("scenario " + context.scenario.name));
  }
  const auto answer = check_once(endpoint, *scenario, load.timeout, context.stop);
  if (!answer) {
    return failure(answer.error().within(fmt::format("target {}, scenario {}: the first request",
                                                     context.target.name, context.scenario.name)));
  }
  ReadyLoad ready;
  ready.answer_digest = answer->body_sha256_prefix;
  ready.setup.endpoint = endpoint;
  ready.setup.scenario = std::move(*scenario);
  ready.setup.connections = connections_of(context.scenario, load);
  ready.setup.streams = load.streams;
  ready.setup.threads = std::min(load.threads, ready.setup.connections);
  ready.setup.release = context.release;
  const PinningChoice& pins = context.pinning;
  ready.setup.before_others = context.target.kind != TargetKind::attached && !pins.target.empty() &&
                              shared_cpus(pins.driver, pins.target).empty();
  ready.setup.queue = load.queue;
  ready.setup.timeout = load.timeout;
  return ready;
}

}  // namespace tracetax
