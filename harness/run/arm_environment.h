// How an arm becomes a process: its command line and its environment, expressed only through the
// standard OTEL_* variables and TRACETAX_STATE. Pure; nothing is started here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/run/sink/sink_ports.h"

namespace tracetax {

/// What the runner knows about one launch.
struct LaunchFacts {
  std::string target_program;  // tracetax-target
  int port = 0;                // for {port}; 0: leave it as written
  SinkPorts sink;
  int environment_pad = 0;  // bytes
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

/// Everything of a launch, {port} replaced. Of several environments the later one wins: standard,
/// suite.env, target.env, arm.env, the arm's env for this target. The endpoint fits the protocol
/// that comes out of these, unless somebody sets the endpoint too. Not for attached targets.
[[nodiscard]] TargetCommand target_command(const Suite& suite, const TargetSpec& target,
                                           const ArmSpec& arm, const LaunchFacts& facts);

/// Whether any target exports over OTLP/gRPC in any arm, or might, being attached while the suite
/// gives the port for it.
[[nodiscard]] bool uses_otlp_grpc(const Suite& suite);

/// `text` with every {port} replaced, or as it is for port 0.
[[nodiscard]] std::string with_port(std::string text, int port);

/// How long a span may wait in the target's batch processor: OTEL_BSP_SCHEDULE_DELAY of the
/// environment, or the specification's 5 s.
[[nodiscard]] Nanos batch_delay(const Environment& environment);

}  // namespace tracetax
