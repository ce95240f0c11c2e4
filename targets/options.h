// The command line of tracetax-target.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "targets/stages/application/work.h"
#include "targets/stages/trace/grpc_trace.h"
#include "targets/topology_options.h"

namespace tracetax {

enum class TargetAction {
  serve,
  list,
  list_samplers,
  list_variables,
  list_faults,
  list_works,
  sampler_steps,
  describe,
  explain,
  round_trip,
  registry,
  help,
  version,
  manual
};

struct TargetOptions {
  TargetAction command = TargetAction::serve;
  std::string framework;  // for `describe`: empty means all
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  WorkSpec work;
  unsigned threads = 0;                    // --threads; 0: as many as the service wants
  SampleRate lost;                         // --lose-spans
  std::string semconv;                     // --semconv; empty: as the environment says
  bool drops_propagation = false;          // towards the service behind
  std::optional<TopologyChoice> topology;  // --topology: one service of it
  GrpcAddress back{"127.0.0.1", 0};        // --back; port 0: one is started, where there is any
  std::string round_trip;                  // --round-trip: the broker, as round_trip() reads it
};

/// The page of tracetax-target for man, in roff.
[[nodiscard]] std::string target_manual(const std::string& version);

/// `arguments` without the program's name. All mistakes are told at once.
[[nodiscard]] Result<TargetOptions> parse_target_options(std::span<const char* const> arguments);

[[nodiscard]] std::string target_help();

}  // namespace tracetax
