// A sink's doors as tests open them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "harness/run/sink/sink_doors.h"

namespace tracetax::sink_test {

[[nodiscard]] inline SinkSpec requiring(const std::map<std::string, std::string>& headers) {
  SinkSpec spec;
  spec.required_headers = headers;
  return spec;
}

[[nodiscard]] inline SinkSpec with_tls(const SinkTls& tls) {
  SinkSpec spec;
  spec.tls = tls;
  return spec;
}

/// Doors that are served by a thread of their own until they go.
class RunningDoors {
 public:
  RunningDoors(const DoorsWanted& wanted, PayloadReceiver& receiver)
      : doors_(open_doors(wanted, receiver).value()), thread_([this] { doors_->io().run(); }) {}
  ~RunningDoors() {
    doors_->io().stop();
    thread_.join();
  }
  RunningDoors(const RunningDoors&) = delete;
  RunningDoors& operator=(const RunningDoors&) = delete;
  [[nodiscard]] int http_port() const { return doors_->http_port(); }
  [[nodiscard]] int grpc_port() const { return doors_->grpc_port().value(); }

 private:
  std::unique_ptr<SinkDoors> doors_;
  std::thread thread_;
};

}  // namespace tracetax::sink_test
