// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/worker_pool.h"

#include <system_error>
#include <utility>

namespace tracetax {

WorkerPool::WorkerPool(WorkerLimits limits) : limits_(limits) { workers_.reserve(limits.threads); }

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Worker* worker : idle_) worker->wake.notify_one();
  }
  for (const auto& worker : workers_) worker->thread.join();
}

bool WorkerPool::submit(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  if (!idle_.empty()) {
    Worker* worker = idle_.back();
    idle_.pop_back();
    worker->job = std::move(job);
    worker->wake.notify_one();
    return true;
  }
  if (workers_.size() < limits_.threads) {
    auto worker = std::make_unique<Worker>();
    worker->job = std::move(job);
    try {
      worker->thread = std::jthread([this, self = worker.get()] { run(*self); });
      workers_.push_back(std::move(worker));
      return true;
    } catch (const std::system_error&) {
      // The system has no thread left: wait for one of ours, if there is any.
      job = std::move(worker->job);
    }
  }
  if (workers_.empty() || queue_.size() >= limits_.queue) {
    ++refused_;
    return false;
  }
  queue_.push_back(std::move(job));
  return true;
}

void WorkerPool::run(Worker& self) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!self.job && !queue_.empty()) {
      self.job = std::move(queue_.front());
      queue_.pop_front();
    }
    if (self.job) {
      std::function<void()> job = std::exchange(self.job, nullptr);
      lock.unlock();
      job();
      job = nullptr;  // what it owns goes before the lock is taken
      lock.lock();
      continue;
    }
    if (stopping_) return;
    idle_.push_back(&self);
    self.wake.wait(lock, [&] { return self.job || stopping_; });
  }
}

std::uint64_t WorkerPool::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

std::size_t WorkerPool::threads() const {
  const std::lock_guard lock(mutex_);
  return workers_.size();
}

}  // namespace tracetax
