// What processors hand spans to: OTLP, the console, and the tests' fakes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "targets/tracing/span.h"

namespace tracetax {

using SteadyTime = std::chrono::steady_clock::time_point;

/// exported + failed is the size of the batch.
struct ExportResult {
  std::uint64_t exported = 0;
  std::uint64_t failed = 0;
  /// Why spans failed, in a word: the semantic conventions' error.type. A status ("503",
  /// "UNAVAILABLE"), "rejected", or what happened ("timeout", "connection_refused", "tls").
  std::string error{};
};

class SpanExporter {
 public:
  virtual ~SpanExporter() = default;
  /// Blocks until the batch is accepted or given up, at `deadline` at the latest. Called by one
  /// thread at a time.
  [[nodiscard]] virtual ExportResult export_spans(std::span<const SpanPointer> batch,
                                                  SteadyTime deadline) = 0;
  /// From any thread, while an export may be running: no more waiting between retries, and no
  /// attempt goes on beyond `deadline`.
  virtual void begin_shutdown(SteadyTime deadline) noexcept = 0;
  /// By the semantic conventions, as far as they have one: "otlp_grpc_span_exporter".
  [[nodiscard]] virtual std::string_view type() const noexcept { return "span_exporter"; }
};

/// The exporters of one processor, each with a connection of its own: as many exports at a time.
using ExporterPool = std::vector<std::unique_ptr<SpanExporter>>;

}  // namespace tracetax
