// The sink's gRPC side: OTLP/gRPC traces on 127.0.0.1. It takes each message as the bytes that
// came, stamps its arrival and hands it on; what a payload means is not known here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "harness/core/text/error.h"
#include "harness/run/sink/payload_receiver.h"

namespace tracetax {

inline constexpr int kOtlpGrpcPort = 4317;
/// Calls that are read or answered at one time; more of them wait in their connections. So at most
/// this many messages are on their way in, beside what the receiver keeps.
inline constexpr std::size_t kSinkGrpcCalls = 32;

/// TraceService/Export, plain or gzip. OK with an empty response when the payload was accepted,
/// UNAVAILABLE (to be tried again) when there is no room, INVALID_ARGUMENT when it is malformed,
/// RESOURCE_EXHAUSTED above OTLP's 64 MiB, UNIMPLEMENTED for other methods and encodings. gzip is
/// not undone, so the bytes of a payload are those on the wire, without gRPC's frames of 5 bytes.
/// It has one thread of its own, and gRPC some; all sleep while nothing comes.
class SinkGrpcServer {
 public:
  /// `port` 0 takes any free one. Usage error if the port is taken. A call may take `patience`, in
  /// seconds that the sink itself has run, to send its message and again to take the answer.
  [[nodiscard]] static Result<std::unique_ptr<SinkGrpcServer>> listen(int port,
                                                                      PayloadReceiver& receiver,
                                                                      int patience = 10);
  /// Ends what is under way; returns when the receiver is called no more.
  ~SinkGrpcServer();
  SinkGrpcServer(const SinkGrpcServer&) = delete;
  SinkGrpcServer& operator=(const SinkGrpcServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] bool is_open() const { return listener_ != nullptr; }
  /// Ends what is under way, and listens no more.
  void close();
  /// On the same port.
  [[nodiscard]] Status open_again();

 private:
  struct Listener;
  SinkGrpcServer(std::unique_ptr<Listener> listener, int port, PayloadReceiver& receiver,
                 int patience);

  std::unique_ptr<Listener> listener_;  // null: closed
  int port_;
  PayloadReceiver& receiver_;
  const int patience_;
};

}  // namespace tracetax
