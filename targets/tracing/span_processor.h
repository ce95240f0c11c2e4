// What becomes of ended spans. Three: batch and simple; counting stands before
// one of these.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/tracing/exporter.h"
#include "targets/tracing/processor_counts.h"

namespace tracetax {

class SpanProcessor {
 public:
  virtual ~SpanProcessor() = default;
  /// Takes an ended, sampled span, or drops and counts it. Any thread.
  virtual void on_end(SpanPointer span) = 0;
  /// Exports all that was taken before the call. False if the deadline came first.
  [[nodiscard]] virtual bool force_flush(SteadyTime deadline) = 0;
  /// Any thread, while spans end: an export that holds up whoever ends a span stops at `deadline`.
  virtual void begin_shutdown(SteadyTime deadline) noexcept = 0;
  /// Exports what is left, until `deadline`; the rest counts as failed. Later calls do nothing.
  virtual void shutdown(SteadyTime deadline) = 0;
  /// Any thread.
  [[nodiscard]] virtual ProcessorReading read() const = 0;
};

}  // namespace tracetax
