// OTLP spans out, over HTTP or gRPC as OTEL_EXPORTER_OTLP_PROTOCOL says: encodes a batch, sends it,
// retries as OTLP says. Go's exporters (v1.45) are the model, their backoff included; it differs in
// one thing: refused connections are retried over HTTP too, as the OTLP specification allows and as
// collectors that restart need.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "targets/tracing/config.h"
#include "targets/tracing/exporter.h"

namespace tracetax {

/// `scope_*` name the instrumentation that all spans come from. Problems are told on stderr, at
/// most one line per failed batch.
[[nodiscard]] std::unique_ptr<SpanExporter> make_otlp_exporter(const TracingConfig& config,
                                                               std::string scope_name,
                                                               std::string scope_version);

}  // namespace tracetax
