// What all looks have in common: sinks, CPUs, an end of the time, and the cells of a suite one
// after another.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

#include "harness/run/runner.h"
#include "harness/run/segment_context.h"

namespace tracetax {

/// Ends the looks at the first interrupt or when the time is over.
class Limit {
 public:
  using Clock = std::chrono::steady_clock;
  Limit(const std::atomic<int>* interrupted, Nanos longest)
      : interrupted_(interrupted), end_(Clock::now() + longest) {
    thread_ = std::jthread{[this](const std::stop_token& done) {
      while (!done.stop_requested() && !over())
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
      if (over()) stop_.request_stop();
    }};
  }
  [[nodiscard]] bool interrupted() const { return interrupted_ != nullptr && *interrupted_ > 0; }
  [[nodiscard]] bool over() const { return interrupted() || left() <= Nanos{0}; }
  [[nodiscard]] Nanos left() const { return end_ - Clock::now(); }
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  const std::atomic<int>* interrupted_;
  Clock::time_point end_;
  std::stop_source stop_;
  std::jthread thread_;  // last: it uses the others
};

/// Places of the arms that are started in different ways: off, then those that sample most.
[[nodiscard]] std::vector<int> arms_to_look_at(const Suite& suite, const TargetSpec& target);

/// A suite whose targets are looked at; with less patience than a run has.
class Cells {
 public:
  /// The arguments must outlive it.
  Cells(const Suite& suite, const RunnerOptions& options, Nanos longest);

  using WithCell = std::function<Status(const SegmentContext& cell)>;
  /// Calls `look` for each target with each of its scenarios that `wanted` takes, until one fails.
  /// Error as from execute(); (interrupted) if it was ended so.
  [[nodiscard]] Status each(const std::function<bool(const TargetSpec&)>& wanted,
                            const WithCell& look);

  [[nodiscard]] const Suite& suite() const { return suite_; }
  [[nodiscard]] const Limit& limit() const { return limit_; }
  /// For the progress line.
  void at_arm(const std::string& name) { progress_.arm = name; }
  /// Whether a name of an arm alone says which it is.
  [[nodiscard]] bool one_cell() const {
    return suite_.targets.size() == 1 && suite_.scenarios.size() == 1;
  }

 private:
  Status set_up();
  Status look_at(const TargetSpec& target, const ScenarioSpec& scenario, const WithCell& look);
  void tell(const TargetSpec& target, const ScenarioSpec& scenario, std::string_view step);

  Suite suite_;
  const RunnerOptions& options_;
  Limit limit_;
  PinningChoice pinning_;
  Sinks sinks_;
  LiveCounts live_;
  RunProgress progress_;
};

}  // namespace tracetax
