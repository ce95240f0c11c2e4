// Where a sink takes payloads in: OTLP/HTTP, and OTLP/gRPC where it is wanted.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/core/suite/sink_spec.h"
#include "harness/run/sink/sink_grpc.h"
#include "harness/run/sink/sink_server.h"

namespace tracetax {

/// Where it listens, and what it asks of those who come.
struct DoorsWanted {
  int http_port = 0;                            // 0: any free one
  std::optional<int> grpc_port = std::nullopt;  // 0: any free one; none: no gRPC
  std::string host = "127.0.0.1";               // of an interface, as a number
  SinkSpec spec = {};
};

struct SinkDoors {
  std::unique_ptr<SinkServer> http;
  std::unique_ptr<SinkGrpcServer> grpc;  // null: not wanted
};

/// Usage error if a port cannot be had or a certificate cannot be read. The receiver must outlive
/// the doors.
[[nodiscard]] Result<SinkDoors> open_doors(const DoorsWanted& wanted, PayloadReceiver& receiver);

}  // namespace tracetax
