// The threads of a registry's client: something that is done again and again until the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "harness/core/text/units.h"

namespace tracetax {

class Repeating {
 public:
  /// `step` is done at once and then again after the time that it gives. What it waits for itself
  /// has to end soon after the function that it is given says true.
  using Step = std::function<Nanos(const std::function<bool()>& is_over)>;
  explicit Repeating(Step step) : step_(std::move(step)), thread_([this] { run(); }) {}
  ~Repeating() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  Repeating(const Repeating&) = delete;
  Repeating& operator=(const Repeating&) = delete;

 private:
  void run() {
    const auto is_over = [this] {
      const std::lock_guard lock(mutex_);
      return over_;
    };
    while (!is_over()) {
      const Nanos pause = step_(is_over);
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, pause, [this] { return over_; });
    }
  }

  const Step step_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace tracetax
