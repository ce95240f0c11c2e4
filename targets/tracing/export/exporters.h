// The exporters of a config: one pool for each of its processors. OTLP goes over HTTP or gRPC as
// OTEL_EXPORTER_OTLP_PROTOCOL says: encodes a batch, sends it, retries as OTLP says. Go's exporters
// (v1.45) are the model, their backoff included; it differs in two things: refused connections are
// retried over HTTP too, as the OTLP specification allows and as collectors that restart need; and
// a web page as answer is a failure, whatever its status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "targets/tracing/config.h"
#include "targets/tracing/exporter.h"

namespace tracetax {

/// `scope_*` name the instrumentation that all spans come from. Problems are told on stderr, at
/// most one line per failed batch.
[[nodiscard]] std::vector<ExporterPool> make_exporters(const TracingConfig& config,
                                                       const std::string& scope_name,
                                                       const std::string& scope_version);

[[nodiscard]] std::unique_ptr<SpanExporter> make_otlp_exporter(const TracingConfig& config,
                                                               std::string scope_name,
                                                               std::string scope_version);

/// Each span as a line of OTLP/JSON to the file descriptor `to`: a whole ExportTraceServiceRequest,
/// so that an OTLP receiver takes it. Go's goes to standard output; that is where a target reports.
[[nodiscard]] std::unique_ptr<SpanExporter> make_console_exporter(const TracingConfig& config,
                                                                  std::string scope_name,
                                                                  std::string scope_version,
                                                                  int to);

}  // namespace tracetax
