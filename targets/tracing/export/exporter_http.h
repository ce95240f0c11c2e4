// OTLP/HTTP with protobuf or JSON, with TLS or without: one POST per batch on a kept-alive
// connection.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "targets/tracing/export/otlp_transport.h"
#include "targets/tracing/otlp_config.h"

namespace tracetax {

[[nodiscard]] std::unique_ptr<OtlpTransport> make_otlp_http_transport(const OtlpOptions& options);

/// Seconds or an HTTP date in a Retry-After header; 0 ms when it is neither, capped at one hour.
[[nodiscard]] std::chrono::milliseconds parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now);

}  // namespace tracetax
