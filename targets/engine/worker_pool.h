// Threads that run jobs: what a goroutine is to a Go framework's hand-off, with a stated limit.
// Threads are started when they are first needed and stay; the one that went idle last works next,
// as its caches are warm.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tracetax {

struct WorkerLimits {
  unsigned threads = 64;     // at least 1
  std::size_t queue = 1024;  // jobs that wait while all threads are busy
};

/// Any thread. The destructor runs what is queued and waits for all jobs.
class WorkerPool {
 public:
  explicit WorkerPool(WorkerLimits limits);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False, and counted: all threads are busy and the queue is full. `job` must not throw.
  [[nodiscard]] bool submit(std::function<void()> job);
  [[nodiscard]] std::uint64_t refused() const;
  [[nodiscard]] std::size_t threads() const;

 private:
  struct Worker {
    std::condition_variable wake;
    std::function<void()> job;  // empty while there is none
    std::jthread thread;
  };
  void run(Worker& self);

  WorkerLimits limits_;
  mutable std::mutex mutex_;  // guards all that follows, jobs of idle workers too
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;
  std::deque<std::function<void()>> queue_;
  std::uint64_t refused_ = 0;
  bool stopping_ = false;
};

}  // namespace tracetax
