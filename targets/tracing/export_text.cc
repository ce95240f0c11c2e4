// What --explain says of the way of the spans out.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "targets/tracing/config.h"

namespace tracetax {
namespace {

std::string_view protocol_text(ExportProtocol protocol) {
  switch (protocol) {
    case ExportProtocol::grpc:
      return "grpc";
    case ExportProtocol::http_json:
      return "http/json";
    case ExportProtocol::http_protobuf:
      break;
  }
  return "http/protobuf";
}

std::string otlp_text(const TracingConfig& config) {
  const OtlpOptions& otlp = config.otlp;
  std::string text =
      fmt::format("otlp: {} to {}, compression {}, {} per attempt, given up after {}",
                  protocol_text(otlp.protocol), url_of(otlp), otlp.gzip ? "gzip" : "none",
                  otlp.timeout, otlp.retry.give_up);
  if (otlp.endpoint.tls) {
    text +=
        otlp.root_certificates.empty() ? ", trusts the system's CAs" : ", trusts a CA of its own";
    if (!otlp.client_certificate.empty()) text += ", shows a client certificate";
  }
  for (const auto& [name, value] : otlp.headers) text += fmt::format(", header {}", name);
  if (otlp.protocol == ExportProtocol::grpc) {
    text += otlp.keepalive.count() > 0 ? fmt::format(", pings every {}", otlp.keepalive)
                                       : std::string(", no pings");
  }
  return text;
}

std::string batch_text(const TracingConfig& config) {
  const BatchOptions& batch = config.batch;
  return fmt::format(
      "processor batch: queue {}, at most {} spans a batch, every {}, an export ends after {}, {} "
      "at "
      "a time",
      batch.queue_size, batch.batch_size, batch.delay, batch.export_timeout, config.exporters);
}

}  // namespace

std::string exporter_in_force(const TracingConfig& config) {
  if (config.state != TracerState::export_ || config.processors.empty()) return "none";
  if (config.processors.front().exporter == ExporterKind::console) return "console";
  return fmt::format("otlp {} {}", protocol_text(config.otlp.protocol), url_of(config.otlp));
}

std::string processor_in_force(const TracingConfig& config) {
  if (config.state != TracerState::export_ || config.processors.empty()) return "none";
  if (config.processors.front().simple) return "simple";
  return fmt::format("batch queue={} batch={} delay={}ms", config.batch.queue_size,
                     config.batch.batch_size, config.batch.delay.count());
}

std::vector<std::string> describe_export(const TracingConfig& config) {
  if (config.state != TracerState::export_) {
    return {fmt::format("state {}: no span is exported", to_string(config.state))};
  }
  std::vector<std::string> lines;
  if (config.processors.empty()) lines.emplace_back("no processor and no exporter");
  if (config.count_spans) {
    lines.push_back(fmt::format(
        "counting: of SERVER spans one INTERNAL span for each name and status every {}, no others",
        *config.count_spans));
  }
  for (const ProcessorOptions& processor : config.processors) {
    lines.push_back(processor.simple ? "processor simple: each span by itself, as it ends"
                                     : batch_text(config));
    lines.push_back(processor.exporter == ExporterKind::otlp
                        ? otlp_text(config)
                        : "console: each span as a line of OTLP/JSON on standard error");
  }
  return lines;
}

}  // namespace tracetax
