// What a run does about Ctrl-C while its thread drives the load, and where that thread is pinned
// meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

#include "harness/load/engine.h"
#include "harness/run/process/pinning.h"

namespace tracetax {

/// How long a target that is offered `rate` requests per second may be without an answer before it
/// counts as hung. 0: a closed loop, or nothing yet.
[[nodiscard]] Nanos patience_at(double rate);

/// Turns the second interrupt into a stop request for the engine, which blocks the runner's thread;
/// and the first one too where nothing more can come of waiting, because the target does not
/// answer. It looks four times a second: that little delays no request that anybody would notice.
class InterruptWatch {
 public:
  explicit InterruptWatch(const std::atomic<int>* count) : count_(count) {}

  /// From now on; to be called once the calling thread is where the driver is to run.
  void start();

  [[nodiscard]] bool finish_soon() const { return interrupts() >= 1; }
  [[nodiscard]] bool abandon() const { return interrupts() >= 2 || hung_; }
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  /// For the engine to count in.
  [[nodiscard]] LiveCounts& live() { return live_; }
  /// Whether the step that begins waits for the target's answers, and how often they should come.
  void expect_answers(bool expected, double rate);

 private:
  [[nodiscard]] int interrupts() const { return count_ == nullptr ? 0 : count_->load(); }
  void watch(const std::stop_token& done);

  const std::atomic<int>* count_;
  LiveCounts live_;
  std::atomic<bool> answers_expected_{false}, hung_{false};
  std::atomic<Nanos> patience_{patience_at(0)};
  std::stop_source stop_;
  std::jthread thread_;  // last: it uses the others
};

/// Pins the calling thread while it lives, and leaves it where it was.
class PinnedHere {
 public:
  PinnedHere() : before_(allowed_cpus()) {}
  ~PinnedHere() { static_cast<void>(pin_this_thread(before_)); }
  PinnedHere(const PinnedHere&) = delete;
  PinnedHere& operator=(const PinnedHere&) = delete;

 private:
  CpuList before_;
};

}  // namespace tracetax
