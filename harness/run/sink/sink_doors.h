// Where a sink takes payloads in: OTLP/HTTP, and OTLP/gRPC where it is wanted.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/sink/sink_spec.h"
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

class SinkDoors {
 public:
  std::unique_ptr<SinkServer> http;
  std::unique_ptr<SinkGrpcServer> grpc;  // null: not wanted

  /// Nobody is let in any more, and who is in is reset; the ports stay ours.
  void close();
  /// On the same ports. Error where one cannot be had (yet).
  [[nodiscard]] Status open_again();

 private:
  // While they are closed: bound, so that the system gives the ports to nobody, but not listening.
  std::vector<boost::asio::ip::tcp::acceptor> held_;
};

/// Usage error if a port cannot be had or a certificate cannot be read. The receiver must outlive
/// the doors.
[[nodiscard]] Result<SinkDoors> open_doors(const DoorsWanted& wanted, PayloadReceiver& receiver);

}  // namespace tracetax
