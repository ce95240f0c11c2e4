// The scenario "grpc" on its way to the engine: encoded calls become HTTP/2 streams.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/load/scenario/scenario_kind.h"
#include "scenarios/grpc/grpc.h"

namespace tracetax {

/// A PrepareScenario. Without proto and descriptor set, and when the target is up, it asks the
/// target's reflection; as long as it is not, only the options are checked.
[[nodiscard]] Result<PreparedScenario> prepare_grpc_scenario(const ScenarioSpec& spec,
                                                             const ScenarioUse& use);

/// The same from options that are read already.
[[nodiscard]] Result<PreparedScenario> prepare_grpc(const GrpcOptions& options,
                                                    const ScenarioUse& use);

/// A call without messages yet: the fields that gRPC wants, in the order that grpc-go and grpc++
/// send them, with traceparent before `metadata`.
[[nodiscard]] StreamTemplate grpc_stream(const std::string& path,
                                         const std::optional<Nanos>& deadline,
                                         const std::vector<HeaderField>& metadata,
                                         const ScenarioUse& use, bool secure);

/// As the header grpc-timeout has it: at most eight digits and a unit, never longer than asked.
[[nodiscard]] std::string grpc_timeout(Nanos deadline);

}  // namespace tracetax
