// Batch span processor with the semantics of the Go SDK (v1.45): a bounded queue that drops when
// full, one exporter thread, an export when a full batch is there or when the delay since the last
// one is over, never two exports at once. It differs in one thing: the exporter thread is woken
// once per full batch, where Go's goroutine takes every span off its channel at once. What may wait
// is the same: queue_size spans while a batch is under way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "targets/tracing/config.h"
#include "targets/tracing/counts.h"
#include "targets/tracing/exporter.h"

namespace tracetax {

class BatchProcessor {
 public:
  /// `counts` must outlive the processor.
  BatchProcessor(const BatchOptions& options, std::unique_ptr<SpanExporter> exporter,
                 LiveSpanCounts& counts);
  /// Shuts down with a deadline of now, if nobody did before.
  ~BatchProcessor();
  BatchProcessor(const BatchProcessor&) = delete;
  BatchProcessor& operator=(const BatchProcessor&) = delete;

  /// Takes an ended span, or drops and counts it: when the queue is full or after shutdown.
  /// Any thread; never blocks but for the queue's mutex.
  void on_end(SpanPointer span);

  /// Exports all that was queued before the call. False if the deadline came first.
  [[nodiscard]] bool force_flush(SteadyTime deadline);

  /// Exports what is queued, until `deadline`; what is left then counts as failed. Later calls do
  /// nothing. One thread.
  void shutdown(SteadyTime deadline);

 private:
  void run();
  void export_batch(std::unique_lock<std::mutex>& lock);

  const BatchOptions options_;
  const std::unique_ptr<SpanExporter> exporter_;
  LiveSpanCounts& counts_;

  std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  std::condition_variable exported_;
  std::vector<SpanPointer> queue_;  // a ring of queue_size
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::uint64_t taken_ = 0;     // spans ever queued
  std::uint64_t settled_ = 0;   // spans whose export has ended, one way or another
  std::uint64_t flush_to_ = 0;  // export without delay until this many are settled
  bool stopping_ = false;
  SteadyTime stop_deadline_{};

  std::vector<SpanPointer> batch_;  // the exporter thread's own
  std::thread thread_;
};

}  // namespace tracetax
