// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/batch_processor.h"

#include <algorithm>
#include <utility>

namespace tracetax {

BatchProcessor::BatchProcessor(const BatchOptions& options, ExporterPool pool)
    : options_(options), last_(std::chrono::steady_clock::now()) {
  queue_.resize(options_.queue_size);
  for (auto& exporter : pool) {
    Worker& worker = workers_.emplace_back(Worker{std::move(exporter)});
    worker.batch.reserve(options_.batch_size);
  }
  for (Worker& worker : workers_) worker.thread = std::thread([this, &worker] { run(worker); });
}

BatchProcessor::~BatchProcessor() { shutdown(std::chrono::steady_clock::now()); }

void BatchProcessor::on_end(SpanPointer span) {
  bool full_batch = false;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    stopping = stopping_;
    if (size_ < queue_.size() && !stopping_) {
      queue_[(first_ + size_) % queue_.size()] = std::move(span);
      ++size_;
      ++taken_;
      full_batch = size_ % options_.batch_size == 0;
    }
  }
  if (span) {
    ++(stopping ? counts_.after_shutdown : counts_.queue_full);
  } else if (full_batch) {
    wake_.notify_one();
  }
}

// Exports end in another order than they began when there are several exporters.
bool BatchProcessor::is_settled(std::uint64_t goal) const {
  return given_ >= goal &&
         std::ranges::all_of(workers_, [&](const Worker& w) { return w.first >= goal; });
}

bool BatchProcessor::force_flush(SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  const std::uint64_t goal = taken_;
  flush_to_ = std::max(flush_to_, goal);
  wake_.notify_all();
  return exported_.wait_until(lock, deadline, [&] { return is_settled(goal); });
}

void BatchProcessor::shutdown(SteadyTime deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    stop_deadline_ = deadline;
  }
  for (Worker& worker : workers_) worker.exporter->begin_shutdown(deadline);
  wake_.notify_all();
  for (Worker& worker : workers_) worker.thread.join();
}

void BatchProcessor::run(Worker& worker) {
  std::unique_lock lock(mutex_);
  while (true) {
    const SteadyTime due = last_ + options_.delay;
    const bool is_asked = wake_.wait_until(
        lock, due, [&] { return stopping_ || size_ >= options_.batch_size || flush_to_ > given_; });
    // Another exporter began the delay anew in the meantime.
    if (!is_asked && last_ + options_.delay > due) continue;
    if (size_ > 0) export_batch(worker, lock);
    last_ = std::chrono::steady_clock::now();
    if (stopping_ && size_ == 0) return;
  }
}

// Takes up to one batch off the queue and settles it; holds the lock but for the export itself.
void BatchProcessor::export_batch(Worker& worker, std::unique_lock<std::mutex>& lock) {
  const std::size_t count = std::min(size_, options_.batch_size);
  for (std::size_t i = 0; i < count; ++i) {
    worker.batch.push_back(std::move(queue_[first_]));
    first_ = (first_ + 1) % queue_.size();
  }
  size_ -= count;
  worker.first = given_;
  given_ += count;
  const bool stopping = stopping_;
  const SteadyTime stop_deadline = stop_deadline_;
  lock.unlock();
  const auto now = std::chrono::steady_clock::now();
  SteadyTime deadline = now + options_.export_timeout;
  if (stopping) deadline = std::min(deadline, stop_deadline);
  counts_.begin(count);
  // Spans left over at the deadline are not offered at all: each try could still take a while.
  const ExportResult result = deadline > now ? worker.exporter->export_spans(worker.batch, deadline)
                                             : ExportResult{0, count, "shutdown"};
  counts_.end(result, std::chrono::steady_clock::now() - now);
  worker.batch.clear();
  lock.lock();
  worker.first = UINT64_MAX;
  exported_.notify_all();
}

ProcessorReading BatchProcessor::read() const {
  ProcessorReading reading = counts_.read();
  reading.processor = "batching_span_processor";
  reading.exporter = workers_.front().exporter->type();
  const std::lock_guard lock(mutex_);
  reading.queue_size = size_;
  reading.queue_capacity = queue_.size();
  return reading;
}

}  // namespace tracetax
