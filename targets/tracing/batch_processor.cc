// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/batch_processor.h"

#include <algorithm>
#include <utility>

namespace tracetax {

BatchProcessor::BatchProcessor(const BatchOptions& options, std::unique_ptr<SpanExporter> exporter,
                               LiveSpanCounts& counts)
    : options_(options), exporter_(std::move(exporter)), counts_(counts) {
  queue_.resize(options_.queue_size);
  batch_.reserve(options_.batch_size);
  thread_ = std::thread([this] { run(); });
}

BatchProcessor::~BatchProcessor() { shutdown(std::chrono::steady_clock::now()); }

void BatchProcessor::on_end(SpanPointer span) {
  bool full_batch = false;
  {
    const std::lock_guard lock(mutex_);
    if (size_ < queue_.size() && !stopping_) {
      queue_[(first_ + size_) % queue_.size()] = std::move(span);
      ++size_;
      ++taken_;
      full_batch = size_ == options_.batch_size;
    }
  }
  if (span) {
    counts_.dropped.fetch_add(1, std::memory_order_relaxed);
  } else if (full_batch) {
    wake_.notify_one();
  }
}

bool BatchProcessor::force_flush(SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  const std::uint64_t goal = taken_;
  flush_to_ = std::max(flush_to_, goal);
  wake_.notify_one();
  return exported_.wait_until(lock, deadline, [&] { return settled_ >= goal; });
}

void BatchProcessor::shutdown(SteadyTime deadline) {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stop_deadline_ = deadline;
  }
  exporter_->begin_shutdown(deadline);
  wake_.notify_one();
  thread_.join();
}

void BatchProcessor::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto due = std::chrono::steady_clock::now() + options_.delay;
    wake_.wait_until(lock, due, [&] {
      return stopping_ || size_ >= options_.batch_size || flush_to_ > settled_;
    });
    if (size_ > 0) export_batch(lock);
    if (stopping_ && size_ == 0) return;
  }
}

// Takes up to one batch off the queue and settles it; holds the lock but for the export itself.
void BatchProcessor::export_batch(std::unique_lock<std::mutex>& lock) {
  const std::size_t count = std::min(size_, options_.batch_size);
  for (std::size_t i = 0; i < count; ++i) {
    batch_.push_back(std::move(queue_[first_]));
    first_ = (first_ + 1) % queue_.size();
  }
  size_ -= count;
  const bool stopping = stopping_;
  const SteadyTime stop_deadline = stop_deadline_;
  lock.unlock();
  const auto now = std::chrono::steady_clock::now();
  SteadyTime deadline = now + options_.export_timeout;
  if (stopping) deadline = std::min(deadline, stop_deadline);
  // Spans left over at the deadline are not offered at all: each try could still take a while.
  const ExportResult result =
      deadline > now ? exporter_->export_spans(batch_, deadline) : ExportResult{0, count};
  counts_.exported.fetch_add(result.exported, std::memory_order_relaxed);
  counts_.failed.fetch_add(result.failed, std::memory_order_relaxed);
  batch_.clear();
  lock.lock();
  settled_ += count;
  exported_.notify_all();
}

}  // namespace tracetax
