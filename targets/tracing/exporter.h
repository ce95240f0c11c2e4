// What the batch processor hands spans to. Two implementations: OTLP, and the tests' fakes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "targets/tracing/span.h"

namespace tracetax {

using SteadyTime = std::chrono::steady_clock::time_point;

/// exported + failed is the size of the batch.
struct ExportResult {
  std::uint64_t exported = 0;
  std::uint64_t failed = 0;
};

class SpanExporter {
 public:
  virtual ~SpanExporter() = default;
  /// Blocks until the batch is accepted or given up, at `deadline` at the latest. Called by one
  /// thread.
  [[nodiscard]] virtual ExportResult export_spans(std::span<const SpanPointer> batch,
                                                  SteadyTime deadline) = 0;
  /// From any thread, while an export may be running: no more waiting between retries, and no
  /// attempt goes on beyond `deadline`.
  virtual void begin_shutdown(SteadyTime deadline) noexcept = 0;
};

}  // namespace tracetax
