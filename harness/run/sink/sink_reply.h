// The answers of an OTLP/HTTP receiver, as bytes.
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

}  // namespace tracetax
