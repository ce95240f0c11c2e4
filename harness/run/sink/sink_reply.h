// The answers of an OTLP receiver: of HTTP as bytes, of gRPC as a status and a message.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/otlp/decode.h"
#include "harness/run/sink/payload_receiver.h"

namespace tracetax {

/// The whole HTTP/1.1 answer. With 200 it carries an empty ExportTraceServiceResponse, otherwise a
/// google.rpc.Status with the message; both in the request's format. `close`: it says that the
/// connection ends.
[[nodiscard]] std::string http_reply(unsigned status, std::string_view message, OtlpFormat format,
                                     bool close);
/// What becomes of a payload for traces.
[[nodiscard]] std::string http_reply(const PayloadVerdict& verdict, OtlpFormat format, bool close);

/// gRPC's status codes.
enum class GrpcCode {
  ok = 0,
  invalid_argument = 3,
  resource_exhausted = 8,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  unauthenticated = 16
};

struct GrpcStatus {
  GrpcCode code = GrpcCode::ok;
  std::string message{};
  std::string details{};  // a google.rpc.Status, where more is to be told
};

/// OK, where there is no answer at all.
[[nodiscard]] GrpcStatus grpc_status_of(const PayloadVerdict& verdict);
/// Not packed, with its prefix of 5 bytes.
[[nodiscard]] std::string grpc_message(const std::string& message);

}  // namespace tracetax
