// How an arm becomes a process: its command line and its environment, expressed only through the
// standard OTEL_* variables and TRACETAX_STATE. Pure; nothing is started here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/core/text/placeholders.h"
#include "harness/run/sink/sink_ports.h"

namespace tracetax {

/// What the runner knows about one launch.
struct LaunchFacts {
  std::string target_program;  // tracetax-target
  int port = 0;                // for {port}; 0: leave it as written
  SinkPorts sink;
  int environment_pad = 0;  // bytes
  Placeholders values{};    // further ones: {port.db}, {dir}
};

struct TargetCommand {
  std::vector<std::string> argv;
  Environment environment;  // only what tracetax sets; not the caller's
  std::string working_dir;
};

/// The variables that express the arm's state, sampler and exporter, before anybody overrides them.
/// The endpoint is not among them, because it follows from all the others.
[[nodiscard]] Environment standard_environment(const Suite& suite, const TargetSpec& target,
                                               const ArmSpec& arm, const LaunchFacts& facts);

/// Everything of a launch, placeholders replaced. Of several environments the later one wins:
/// standard, suite.env, target.env, arm.env, the arm's env for this target. The endpoint fits the
/// protocol that comes out of these, unless somebody sets the endpoint too. Not for attached
/// targets.
[[nodiscard]] TargetCommand target_command(const Suite& suite, const TargetSpec& target,
                                           const ArmSpec& arm, const LaunchFacts& facts);
/// The same of one of services_of(). A traced one has the environment that the front has, with its
/// own variables before the arm's; any other has only its own. What it says for the arm goes last.
[[nodiscard]] TargetCommand service_command(const Suite& suite, const TargetSpec& target,
                                            const ServiceSpec& service, const ArmSpec& arm,
                                            const LaunchFacts& facts);

/// Everything that stands for something, with {port} and the sink's ports.
[[nodiscard]] Placeholders placeholders(const LaunchFacts& facts);

/// Whether any target exports over OTLP/gRPC in any arm, or might, being attached while the suite
/// gives the port for it; or a service names that port.
[[nodiscard]] bool uses_otlp_grpc(const Suite& suite);

/// How long a span may wait in the target's batch processor: OTEL_BSP_SCHEDULE_DELAY of the
/// environment, or the specification's 5 s.
[[nodiscard]] Nanos batch_delay(const Environment& environment);

}  // namespace tracetax
