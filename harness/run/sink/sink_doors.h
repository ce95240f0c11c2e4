// Where a sink takes payloads in: OTLP/HTTP, and OTLP/gRPC where it is wanted.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/suite/sink_spec.h"
#include "harness/run/sink/sink_door.h"
#include "harness/run/sink/sink_grpc.h"
#include "harness/run/sink/sink_http.h"

namespace tracetax {

/// Where it listens, and what it asks of those who come.
struct DoorsWanted {
  int http_port = 0;                            // 0: any free one
  std::optional<int> grpc_port = std::nullopt;  // 0: any free one; none: no gRPC
  std::string host = "127.0.0.1";               // of an interface, as a number
  SinkSpec spec = {};
  SinkPatience patience = {};
};

/// One thread: whoever runs io(). To be destroyed on that thread, after io() has stopped.
class SinkDoors {
 public:
  SinkDoors(const DoorsWanted& wanted, PayloadReceiver& receiver);
  SinkDoors(const SinkDoors&) = delete;
  SinkDoors& operator=(const SinkDoors&) = delete;

  [[nodiscard]] Status open(const DoorsWanted& wanted);
  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] int http_port() const { return http_door_.port(); }
  /// None where there is no gRPC.
  [[nodiscard]] std::optional<int> grpc_port() const {
    return has_grpc_ ? std::optional{grpc_door_.port()} : std::nullopt;
  }
  [[nodiscard]] SinkDoor& http_door() { return http_door_; }
  [[nodiscard]] SinkDoor& grpc_door() { return grpc_door_; }

 private:
  SinkHttp http_;
  SinkGrpc grpc_;
  SinkDoor http_door_, grpc_door_;
  bool has_grpc_ = false;
  // The last one, to go first: the connections that it still holds then take themselves out of what
  // is above.
  boost::asio::io_context io_{1};
};

/// Usage error if a port cannot be had or a certificate cannot be read. The receiver must outlive
/// the doors.
[[nodiscard]] Result<std::unique_ptr<SinkDoors>> open_doors(const DoorsWanted& wanted,
                                                            PayloadReceiver& receiver);

}  // namespace tracetax
