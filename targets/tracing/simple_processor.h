// Simple span processor with the semantics of the Go SDK (v1.45): who ends a span exports it, one
// span at a time in the whole program. It differs in one thing: Go's holds up a goroutine, this one
// the event loop, so the other requests of that loop wait as well.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "targets/tracing/span_processor.h"

namespace tracetax {

class SimpleProcessor final : public SpanProcessor {
 public:
  explicit SimpleProcessor(std::unique_ptr<SpanExporter> exporter);

  void on_end(SpanPointer span) override;
  [[nodiscard]] bool force_flush(SteadyTime) override { return true; }
  void begin_shutdown(SteadyTime deadline) noexcept override;
  void shutdown(SteadyTime deadline) override;
  [[nodiscard]] ProcessorReading read() const override;

 private:
  const std::unique_ptr<SpanExporter> exporter_;
  ProcessorCounts counts_;
  std::mutex mutex_;  // of the exporter's use, and of stopped_
  bool stopped_ = false;
};

}  // namespace tracetax
