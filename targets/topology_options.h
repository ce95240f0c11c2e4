// The options that make tracetax-target one service of a topology.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/core/text/option_reader.h"
#include "harness/core/topology/topology.h"
#include "targets/legs/leg.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

/// Which service, and where everything is that it talks to.
struct TopologyChoice {
  Topology topology;  // the variant asked for
  std::string service;
  unsigned instance = 1;                                  // from 1
  std::map<std::string, std::vector<GrpcAddress>> peers;  // by service
  std::map<std::string, LegAddress> legs;                 // of stores, brokers and registries
};

[[nodiscard]] std::vector<OptionSpec> topology_options();

/// Reads the file of --topology too. `framework` is the target's name, which must be the service's;
/// `serves`: every address that the service needs must be given. Mistakes are noted in `reader`.
[[nodiscard]] TopologyChoice read_topology_options(OptionReader& reader,
                                                   const std::string& framework, bool serves);

/// "127.0.0.1:9090".
[[nodiscard]] Result<GrpcAddress> parse_host_port(std::string_view text);

}  // namespace tracetax
