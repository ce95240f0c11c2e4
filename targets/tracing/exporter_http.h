// OTLP/HTTP with protobuf: one POST per batch on a kept-alive connection, retried as OTLP says. Go's
// exporter (v1.45) is the model, its backoff included; it differs in one thing: refused connections
// are retried too, as the OTLP specification allows and as collectors that restart need.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "targets/tracing/config.h"
#include "targets/tracing/exporter.h"

namespace tracetax {

/// `scope_*` name the instrumentation that all spans come from. Problems are told on stderr, at most
/// one line per failed batch.
[[nodiscard]] std::unique_ptr<SpanExporter> make_otlp_http_exporter(const TracingConfig& config,
                                                                    std::string scope_name,
                                                                    std::string scope_version);

/// Seconds or an HTTP date in a Retry-After header; 0 ms when it is neither, capped at one hour.
[[nodiscard]] std::chrono::milliseconds parse_retry_after(std::string_view value,
                                                          std::chrono::system_clock::time_point now);

}  // namespace tracetax
