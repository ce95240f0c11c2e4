// The sink's gRPC side: OTLP/gRPC on a connection. It takes each message as the bytes that came,
// stamps its arrival and hands it on; what a payload means is not known here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "harness/core/suite/sink_spec.h"
#include "harness/run/sink/payload_receiver.h"
#include "harness/run/sink/sink_visit.h"

namespace tracetax {

inline constexpr int kOtlpGrpcPort = 4317;

/// TraceService/Export, packed in any way that OTLP bodies are (otlp/unpack.h). OK with an empty
/// response when the payload was accepted, UNAVAILABLE (to be tried again) when there is no room,
/// INVALID_ARGUMENT when it is malformed, RESOURCE_EXHAUSTED above OTLP's 64 MiB, UNAUTHENTICATED
/// without the required headers, UNIMPLEMENTED for other methods and encodings. Metrics, logs and
/// profiles are taken and thrown away. Nothing is unpacked, so the bytes of a payload are those on
/// the wire, without gRPC's prefix of 5 bytes. One thread.
class SinkGrpc {
 public:
  SinkGrpc(PayloadReceiver& receiver, const SinkSpec& spec, SinkPatience patience)
      : receiver_(receiver), headers_(spec.required_headers), patience_(patience) {}

  /// Until the peer has gone, or has been refused.
  boost::asio::awaitable<void> serve(std::shared_ptr<SinkVisit> visit);

 private:
  class Talk;
  struct Callbacks;

  PayloadReceiver& receiver_;
  const std::map<std::string, std::string> headers_;
  const SinkPatience patience_;
  std::size_t unfinished_bytes_ = 0;  // received of messages on their way in
};

}  // namespace tracetax
