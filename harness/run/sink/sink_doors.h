// Where a sink takes payloads in: OTLP/HTTP, and OTLP/gRPC where it is wanted.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "harness/run/sink/sink_grpc.h"
#include "harness/run/sink/sink_server.h"

namespace tracetax {

struct SinkDoors {
  std::unique_ptr<SinkServer> http;
  std::unique_ptr<SinkGrpcServer> grpc;  // null: not wanted
};

/// Port 0 takes any free one. Usage error if a port cannot be had. The receiver must outlive the
/// doors.
[[nodiscard]] Result<SinkDoors> open_doors(int http_port, std::optional<int> grpc_port,
                                           PayloadReceiver& receiver);

}  // namespace tracetax
