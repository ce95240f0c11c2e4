// Stage `call` of a Dapr sidecar: the request goes to the other sidecar as a stream of messages
// over one gRPC channel. The path of Dapr's HTTP API tells which application and which of its paths
// is meant; another path is 404. If the other sidecar is not there, it makes three attempts, from a
// copy of the messages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

struct DaprCallSpec {
  int attempts = 3;
};
/// A `to` with port 0 is nobody: the messages are made and dropped, and the answer is empty.
[[nodiscard]] StagePointer make_stage(const DaprCallSpec& spec, const GrpcAddress& to);

}  // namespace tracetax
