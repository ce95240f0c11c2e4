// Stage `limit` as dubbo-go's adaptive service: a limit on requests at once. It climbs while more
// requests at once bring more answers, and steps back when they only bring longer times. Source:
// dubbo-go filter/adaptivesvc/limiter/hill_climbing.go v3.3.2. Times are whole milliseconds there,
// and so here. With a handler below 1 ms the mean is 0, each request is a round, and the limit
// climbs to its maximum. Answers 503.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "harness/core/text/units.h"
#include "targets/request/stage.h"

namespace tracetax {

struct LimitClimbSpec {
  std::uint64_t limit_start = 50;
  std::uint64_t limit_max = 500;
  Nanos round_shortest = std::chrono::seconds(1);  // the first rounds; each step back doubles them
  Nanos round_longest = std::chrono::seconds(32);
};
[[nodiscard]] StagePointer make_stage(const LimitClimbSpec& spec);

/// Any thread.
class HillClimb {
 public:
  HillClimb(const LimitClimbSpec& spec, Nanos start);
  /// True: done() must follow. As there, asking and counting are two steps, so that threads may
  /// exceed the limit by a few.
  [[nodiscard]] bool acquire();
  void done(Nanos started, Nanos now);

  [[nodiscard]] std::uint64_t limit() const { return limit_.load(); }
  /// What is left of the limit; P2C of the adaptive service compares it.
  [[nodiscard]] std::uint64_t remaining() const;

 private:
  enum class Step { none, up, down };
  [[nodiscard]] Step turn_round(double ms_now, Nanos now);
  [[nodiscard]] bool should_step_down(double capacity) const;
  void move(Step step, bool first_rounds);

  LimitClimbSpec spec_;
  std::atomic<std::uint64_t> in_flight_ = 0;
  std::atomic<std::uint64_t> limit_;
  std::mutex mutex_;  // guards what follows
  Nanos round_;
  Nanos round_begun_;
  std::uint64_t finished_ = 0;  // in this round
  double ms_mean_ = 0;
  // Of the round that finished most requests a second.
  double best_capacity_ = 0;
  double best_ms_mean_;
  std::uint64_t best_limit_ = 0;
  std::uint64_t best_rate_ = 0;
};

}  // namespace tracetax
