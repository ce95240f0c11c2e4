// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_doors.h"

namespace tracetax {

SinkDoors::SinkDoors(const DoorsWanted& wanted, PayloadReceiver& receiver)
    : http_(receiver, wanted.spec, wanted.patience),
      grpc_(receiver, wanted.spec, wanted.patience),
      http_door_(io_, receiver, wanted.patience, "--http, in a suite with sink.port",
                 [this](std::shared_ptr<SinkVisit> visit) { return http_.serve(visit); }),
      grpc_door_(io_, receiver, wanted.patience, "--grpc, in a suite with sink.grpc_port",
                 [this](std::shared_ptr<SinkVisit> visit) { return grpc_.serve(visit); }) {}

Status SinkDoors::open(const DoorsWanted& wanted) {
  auto http_tls = make_sink_tls(wanted.spec.tls, "http/1.1");
  if (!http_tls) return failure(http_tls.error());
  if (auto opened = http_door_.open(wanted.host, wanted.http_port, std::move(*http_tls)); !opened)
    return opened;
  has_grpc_ = wanted.grpc_port.has_value();
  if (!has_grpc_) return {};
  auto grpc_tls = make_sink_tls(wanted.spec.tls, "h2");
  if (!grpc_tls) return failure(grpc_tls.error());
  return grpc_door_.open(wanted.host, *wanted.grpc_port, std::move(*grpc_tls));
}

Result<std::unique_ptr<SinkDoors>> open_doors(const DoorsWanted& wanted,
                                              PayloadReceiver& receiver) {
  auto doors = std::make_unique<SinkDoors>(wanted, receiver);
  if (const Status opened = doors->open(wanted); !opened) return failure(opened.error());
  return doors;
}

}  // namespace tracetax
