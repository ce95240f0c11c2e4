// The scenarios of the RPC frameworks. rpc_call.h reads which call is made and what has to come
// back. What each kind has beside that stands here, and is refused by the others.
// SPDX-License-Identifier: Apache-2.0
//
//   { "kind": "thrift", "framing": "framed" or "ttheader", "method": "Echo", "data": {...},
//       with "ttheader" also:
//     "service": "bench.v1.Bench", "multiplex": true, "metadata": {"key": "value"} }
//   { "kind": "kitex-pb", "method": ..., "data": ... }
//   { "kind": "tars", "servant": "tracetax.Bench.BenchObj", "timeout": "3s", "metadata": {...},
//     "method": ... }
//   { "kind": "triple", "framing": "grpc" or "unary", "codec": "proto" or, with "unary", "json",
//     "deadline": "1s", "service": ..., "version": "1.0.0", "group": "g", "method": ... }
//   { "kind": "gomicro", "codec": "json" or "protobuf", "service": "bench", "timeout": "5s",
//     "method": ... }
//
// Framed Thrift and kitex-pb carry no metadata, so no traceparent. What they call must decide about
// sampling itself.
#pragma once

#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

/// Each a PrepareScenario. Every mistake is reported, as "scenarios.NAME.key: ...".
[[nodiscard]] Result<PreparedScenario> prepare_thrift_scenario(const ScenarioSpec& spec,
                                                               const ScenarioUse& use);
[[nodiscard]] Result<PreparedScenario> prepare_kitex_pb_scenario(const ScenarioSpec& spec,
                                                                 const ScenarioUse& use);
[[nodiscard]] Result<PreparedScenario> prepare_tars_scenario(const ScenarioSpec& spec,
                                                             const ScenarioUse& use);
[[nodiscard]] Result<PreparedScenario> prepare_triple_scenario(const ScenarioSpec& spec,
                                                               const ScenarioUse& use);
[[nodiscard]] Result<PreparedScenario> prepare_gomicro_scenario(const ScenarioSpec& spec,
                                                                const ScenarioUse& use);

}  // namespace tracetax
