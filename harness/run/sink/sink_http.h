// The sink's HTTP side: OTLP/HTTP on a connection. It reads and checks requests, stamps their
// arrival and hands the bodies on; what a payload means is not known here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/suite/sink_spec.h"
#include "harness/run/sink/payload_receiver.h"
#include "harness/run/sink/sink_visit.h"

namespace tracetax {

inline constexpr int kOtlpHttpPort = 4318;

/// POST /v1/traces as application/x-protobuf or application/json, packed in any way that OTLP
/// bodies are (otlp/unpack.h); 401, 404, 405, 413, 415, 400 and 503 as the OTLP specification has
/// them. Metrics, logs and profiles are taken and thrown away. Peers that send garbage get a 400 or
/// are closed. Nothing is unpacked here. One thread.
class SinkHttp {
 public:
  SinkHttp(PayloadReceiver& receiver, const SinkSpec& spec, SinkPatience patience)
      : receiver_(receiver), headers_(spec.required_headers), patience_(patience) {}

  /// Until the peer has gone, or has been refused.
  boost::asio::awaitable<void> serve(std::shared_ptr<SinkVisit> visit);

 private:
  struct Talk;
  struct Parser;
  class Share;
  boost::asio::awaitable<bool> read_header(Talk& talk, Parser& parser);
  boost::asio::awaitable<bool> serve_request(Talk& talk);
  boost::asio::awaitable<bool> read_announced(Talk& talk, std::size_t length, Share& unfinished,
                                              bool& drop, std::string& body);
  boost::asio::awaitable<bool> read_chunked(Talk& talk, Parser& parser, Share& unfinished,
                                            bool& drop, std::string& body);
  boost::asio::awaitable<bool> refuse(Talk& talk, unsigned status, std::string_view reason,
                                      std::string_view message);

  PayloadReceiver& receiver_;
  const std::map<std::string, std::string> headers_;
  const SinkPatience patience_;
  std::size_t unfinished_bytes_ = 0;  // received of bodies on their way in
};

}  // namespace tracetax
