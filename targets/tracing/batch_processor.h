// Batch span processor with the semantics of the Go SDK (v1.45): a bounded queue that drops when
// full, one exporter thread, an export when a full batch is there or when the delay since the last
// one is over, never two exports at once. It differs in two things: the exporter thread is woken
// once per full batch, where Go's goroutine takes every span off its channel at once (what may wait
// is the same: queue_size spans while a batch is under way); and a pool of several exporters, which
// Go does not have, gives each a thread, so that as many batches are under way at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "targets/tracing/config.h"
#include "targets/tracing/span_processor.h"

namespace tracetax {

class BatchProcessor final : public SpanProcessor {
 public:
  BatchProcessor(const BatchOptions& options, ExporterPool pool);
  /// Shuts down with a deadline of now, if nobody did before.
  ~BatchProcessor() override;
  BatchProcessor(const BatchProcessor&) = delete;
  BatchProcessor& operator=(const BatchProcessor&) = delete;

  /// Drops when the queue is full or after shutdown; never blocks but for the queue's mutex.
  void on_end(SpanPointer span) override;
  [[nodiscard]] bool force_flush(SteadyTime deadline) override;
  void begin_shutdown(SteadyTime) noexcept override {}  // nobody who ends a span waits
  /// One thread.
  void shutdown(SteadyTime deadline) override;
  [[nodiscard]] ProcessorReading read() const override;

 private:
  struct Worker {
    std::unique_ptr<SpanExporter> exporter;
    std::vector<SpanPointer> batch{};
    std::uint64_t first = UINT64_MAX;  // number of the first span under way; guarded by the mutex
    std::thread thread{};
  };

  void run(Worker& worker);
  void export_batch(Worker& worker, std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool is_settled(std::uint64_t goal) const;

  const BatchOptions options_;
  ProcessorCounts counts_;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  std::condition_variable exported_;
  std::vector<SpanPointer> queue_;  // a ring of queue_size
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::uint64_t taken_ = 0;     // spans ever queued
  std::uint64_t given_ = 0;     // of those, the ones that went on to an exporter, in order
  std::uint64_t flush_to_ = 0;  // export without delay until this many went on
  SteadyTime last_;             // when an export ended, or the delay was over with nothing there
  bool stopping_ = false;
  SteadyTime stop_deadline_{};

  std::deque<Worker> workers_;
};

}  // namespace tracetax
