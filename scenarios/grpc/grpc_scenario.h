// The scenario "grpc" on its way to the engine: encoded calls become HTTP/2 streams.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/load/scenario/scenario_kind.h"
#include "scenarios/grpc/grpc.h"

namespace tracetax {

/// A PrepareScenario. Without proto and descriptor set it asks the target's reflection. As long as
/// the target is not up, it checks only the options.
[[nodiscard]] Result<PreparedScenario> prepare_grpc_scenario(const ScenarioSpec& spec,
                                                             const ScenarioUse& use);

/// The same from options that are read already.
[[nodiscard]] Result<PreparedScenario> prepare_grpc(const GrpcOptions& options,
                                                    const ScenarioUse& use);

/// A call without messages yet: the fields that gRPC wants, in the order that grpc-go and grpc++
/// send them, with the context before `metadata`.
[[nodiscard]] StreamTemplate grpc_stream(const std::string& path,
                                         const std::optional<Nanos>& deadline,
                                         const std::vector<HeaderField>& metadata,
                                         const ScenarioUse& use, bool secure);

/// As the header grpc-timeout has it: at most eight digits and a unit, never longer than asked.
[[nodiscard]] std::string grpc_timeout(Nanos deadline);

}  // namespace tracetax
