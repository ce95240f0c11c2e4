// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/simple_processor.h"

#include <utility>

namespace tracetax {

SimpleProcessor::SimpleProcessor(std::unique_ptr<SpanExporter> exporter)
    : exporter_(std::move(exporter)) {}

void SimpleProcessor::on_end(SpanPointer span) {
  const std::lock_guard lock(mutex_);
  if (stopped_) {
    ++counts_.after_shutdown;
    return;
  }
  counts_.begin(1);
  const auto start = std::chrono::steady_clock::now();
  // Go gives no deadline here: the exporter's own timeout and patience are what ends it.
  const ExportResult result = exporter_->export_spans({&span, 1}, SteadyTime::max());
  counts_.end(result, std::chrono::steady_clock::now() - start);
}

void SimpleProcessor::begin_shutdown(SteadyTime deadline) noexcept {
  exporter_->begin_shutdown(deadline);
}

void SimpleProcessor::shutdown(SteadyTime deadline) {
  exporter_->begin_shutdown(deadline);
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

ProcessorReading SimpleProcessor::read() const {
  ProcessorReading reading = counts_.read();
  reading.processor = "simple_span_processor";
  reading.exporter = exporter_->type();
  return reading;
}

}  // namespace tracetax
