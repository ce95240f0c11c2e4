// Where a sink takes payloads in: OTLP/HTTP, and OTLP/gRPC where it is wanted.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/sink/sink_spec.h"
#include "harness/run/sink/faulty_receiver.h"
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
  /// Nobody is let in any more, and who is in is reset; the ports stay ours.
  void close();
  /// On the same ports. Error where one cannot be had (yet).
  [[nodiscard]] Status open_again();
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

/// Closes the doors of a sink for a while and opens them again, as a receiver that is restarted
/// does. To be destroyed after io() of the doors has stopped.
class SinkRestart {
 public:
  /// Both must outlive it.
  SinkRestart(SinkDoors& doors, FaultyReceiver& receiver);

  /// From now on, in place of what was planned before; doors that are closed are opened at once.
  /// Any thread.
  void plan(const SinkFaults& faults);

 private:
  using Clock = std::chrono::steady_clock;
  void begin(const SinkFaults& faults, Clock::time_point begin);
  void close();
  void open();
  void at(Clock::time_point when, void (SinkRestart::*what)());

  SinkDoors& doors_;
  FaultyReceiver& receiver_;
  boost::asio::steady_timer timer_;
  Nanos closed_for_{0};
  bool closed_ = false;
};

}  // namespace tracetax
