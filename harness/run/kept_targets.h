// The processes of a cell's arms that outlive a segment: up across blocks, stopped (SIGSTOP) while
// they wait, and started afresh together after some blocks, so that what differs from launch to
// launch is still sampled. What only the end of a process can tell of its segments is told here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/run/running_target.h"
#include "harness/run/service/start_sinks.h"

namespace tracetax {

/// How a kept process ended; nothing is known of one that had died before.
struct KeptEnd {
  bool killed = false;
  std::vector<std::string> killed_services{};  // others of its processes
  std::optional<SelfCounts> self_counts{};     // of its whole life
  std::uint64_t late_spans = 0;                // that came after the last segment was closed
  std::vector<InvariantSeen> invariants{};     // as its services said at their end
};

/// "service stock says of itself that 'no oversell' does not hold: 101 sold of 100".
[[nodiscard]] std::string told_breach(const InvariantSeen& seen);

/// What that says of `segments`, all of one arm on one launch, in order. Spans that came late void
/// the last one. Where the target decides about sampling, its own count of the whole launch closes
/// or opens the receipts of all, and without a flush they are void. So they are by what does not
/// hold in the data that a process had for all of them.
void judge_launch(std::span<SegmentRecord* const> segments, const TargetSpec& target,
                  const KeptEnd& end);

class KeptTargets {
 public:
  /// `sinks_of` has for each arm where the sinks begin that fit it, and of these there is one for
  /// each arm. `sinks` must outlive it, as must `target`.
  KeptTargets(const TargetSpec& target, int cell, std::vector<std::size_t> sinks_of,
              int fresh_every, const Sinks& sinks)
      : target_(target),
        cell_(cell),
        fresh_every_(fresh_every),
        sinks_(sinks),
        sinks_of_(std::move(sinks_of)),
        arms_(sinks_of_.size()) {}

  /// How often the processes have been started, this time included: from 1 on.
  [[nodiscard]] int launch() const { return launch_; }
  /// A launch has begun and goes on in the next block.
  [[nodiscard]] bool in_mid_launch() const { return blocks_ > 0; }
  /// Which of the sinks that fit it the arm's process exports to: until it ends, the first that no
  /// other arm has. Arms are started in random order, so which arm has which sink is drawn anew
  /// with every launch.
  [[nodiscard]] std::size_t place_of(int arm);

  /// The process of an arm, running again; nothing if it is to be launched.
  [[nodiscard]] std::optional<RunningTarget> take(int arm);
  /// Back, stopped until it is taken again. To be called when its segment is closed.
  void give_back(int arm, RunningTarget target);

  /// After a block: ends the launch if it has had its blocks, or if one of its processes is gone.
  void block_ends(std::span<SegmentRecord> segments, const std::function<bool()>& abandon);
  /// Ends all processes, and judges what was measured on them among `segments`.
  void stop(std::span<SegmentRecord> segments, const std::function<bool()>& abandon);

 private:
  struct Arm {
    std::optional<RunningTarget> target;
    std::optional<std::size_t> place;       // of its sink
    std::optional<std::uint64_t> received;  // spans, when its last segment was closed
  };
  [[nodiscard]] std::optional<std::uint64_t> received_of(std::size_t arm) const;
  [[nodiscard]] KeptEnd end_of(std::size_t arm, const std::function<bool()>& abandon);

  const TargetSpec& target_;
  const int cell_, fresh_every_;
  const Sinks& sinks_;
  const std::vector<std::size_t> sinks_of_;
  std::vector<Arm> arms_;
  int launch_ = 1, blocks_ = 0;
};

}  // namespace tracetax
