// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_doors.h"

namespace tracetax {

Result<SinkDoors> open_doors(const DoorsWanted& wanted, PayloadReceiver& receiver) {
  SinkDoors doors;
  auto http = SinkServer::listen(wanted.http_port, receiver);
  if (!http) return failure(http.error());
  doors.http = std::move(*http);
  if (!wanted.grpc_port) return doors;
  auto grpc = SinkGrpcServer::listen(*wanted.grpc_port, receiver);
  if (!grpc) return failure(grpc.error());
  doors.grpc = std::move(*grpc);
  return doors;
}

}  // namespace tracetax
