// A segment on its way: the target and its load from launch to record, step by step, so that
// several can take turns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/load/engine.h"
#include "harness/run/drain.h"
#include "harness/run/meter/cpu_meter.h"
#include "harness/run/meter/host_noise.h"
#include "harness/run/meter/perf_counters.h"
#include "harness/run/running_target.h"
#include "harness/run/segment_context.h"
#include "harness/run/segment_series.h"
#include "harness/run/trees/segment_trees.h"

namespace tracetax {

/// The steps are called in the order in which they stand here, from one thread. Each blocks until
/// it is done. After a failure they do nothing; the reason is then in the record.
class SegmentRun {
 public:
  /// `context` and `sink` must outlive it.
  SegmentRun(const SegmentSpec& spec, const SegmentContext& context, SinkProcess& sink);

  /// Launches, checks the first answer and warms up. Its spans may still be on their way. Who takes
  /// turns is stopped then, so that the warm-ups of the others are their own.
  void begin();
  /// To be called for all that take turns before the first of them measures.
  void start_measuring();
  /// One slice of the load, 0 <= `slice` < `slices`, probed and counted.
  void measure(int slice, int slices);
  void end_measuring();

  /// After begin() and again after end_measuring(): waits for the spans of all of `runs` together.
  /// What each took is metered when its own have come.
  static void drain(std::deque<SegmentRun>& runs);

  /// Stops the target, or leaves it to those that are kept; closes the receipt and judges. To be
  /// called in any case, once.
  [[nodiscard]] SegmentRecord finish();
  [[nodiscard]] bool abandoned() const { return abandoned_; }
  /// CPU per request of every slice, where arms take turns and the target is metered; in one piece
  /// as cost_pieces.h cuts it.
  [[nodiscard]] const std::vector<double>& slice_costs_us() const { return slice_costs_us_; }

 private:
  bool launch();
  bool connect();
  bool warm_up();
  void stop();
  void keep();
  void close_receipt();
  void judge_by_self_counts();
  void judge_by_rule();
  void judge_receiver();
  void check_late_spans(std::optional<std::uint64_t> received);
  void judge();
  void look_at_companions();
  void ask_invariants();
  void note_told(const std::vector<InvariantSeen>& invariants);
  void add_complaints();
  void keep_output();

  [[nodiscard]] LoadPhase phase(std::uint64_t branch, Nanos duration) const;
  LoadResult run_phase(const LoadPhase& phase);
  [[nodiscard]] std::vector<LoadTick> take_ticks(const TickPlan& plan);
  void start_drain();
  bool draining();
  void end_drain();
  void wait_turn();
  void take_turn();
  bool hopeless();
  void take_numbers();
  void take_usage();
  void take_metrics(const std::map<std::string, MetricsPage>& now);
  void void_because(VoidRule rule, std::string detail) {
    record_.voids.push_back({rule, std::move(detail)});
  }
  [[nodiscard]] bool is_void_by(VoidRule rule) const {
    return std::ranges::find(record_.voids, rule, &VoidReason::rule) != record_.voids.end();
  }
  void void_for(const ServiceEnded& ended) {
    void_because(ended.companion ? VoidRule::companion_failed : VoidRule::target_restarted,
                 ended.why);
  }
  bool failed(const Error& error);
  [[nodiscard]] bool capacity() const { return spec_.kind == SegmentKind::capacity; }
  /// Its CPU is part of the record: not of a capacity beside which an open loop is measured.
  [[nodiscard]] bool meters() const { return !capacity() || context_.suite->load.closed; }
  [[nodiscard]] Nanos length() const;
  /// Nobody but the load decides which traces there are.
  [[nodiscard]] bool knows_traces() const {
    return carries_ || arm_.keeps.has_value() || caller_samples(context_);
  }
  /// So many spans must come, and no other number will do.
  [[nodiscard]] bool knows_count() const {
    return !exports_ || (knows_traces() && !arm_.keeps && !comes_in_batches());
  }
  /// Spans stand for several requests: how many come depends on what fell together.
  [[nodiscard]] bool comes_in_batches() const {
    return arm_.counts_spans || (trees_ && trees_->has_batches());
  }

  /// The spans that requests carry end in the target.
  [[nodiscard]] bool receives() const { return carries_ && !exports_; }

  const SegmentSpec spec_;
  const SegmentContext& context_;
  SinkProcess& sink_;
  const ArmSpec& arm_;
  bool exports_;          // spans must come: of the target, or those that the requests carry
  bool carries_ = false;  // the requests carry them: then the arm decides nothing about them
  const bool own_cpus_;
  SegmentRecord record_;
  bool going_ = false;     // up and warm, and nothing went wrong since
  bool launched_ = false;  // for this segment
  bool abandoned_ = false;
  bool measured_ = false;
  bool drained_ = true;
  std::optional<Drain> drain_;                      // while it waits for spans
  std::optional<std::uint64_t> received_by_drain_;  // spans when the target's CPU was metered
  std::shared_ptr<TargetOutput> output_ = std::make_shared<TargetOutput>();
  std::optional<RunningTarget> target_;
  std::map<std::string, MetricsPage> metrics_before_;  // of its services, as they began
  std::unique_ptr<Engine> engine_;
  ExpectedSpans expected_;
  std::vector<RequestClass> classes_;       // of the requests, in their cycle
  std::vector<std::uint32_t> extra_spans_;  // the same
  std::optional<SegmentTrees> trees_;       // of a topology
  std::uint64_t first_check_ = 0;           // of those made for this segment
  std::uint64_t exceptions_lost_ = 0;
  std::string complaints_;  // what companions wrote in a segment that went wrong

  // Of all slices:
  LoadResult load_;
  std::uint64_t sampled_ = 0;  // requests that came due with the sampled flag
  std::optional<PerfCounter> instructions_, cycles_;  // since then, where the processor counts
  std::optional<TreeSample> before_;                  // the target's processes, if they are metered
  std::vector<double> slice_costs_us_;   // of every slice, or of pieces of the one there is
  std::uint64_t cpu_after_load_ns_ = 0;  // what they had used when the last slice ended
  HostNoise noise_;                      // while this segment had its slices
  std::vector<ProbeLoop> probe_loops_;
  std::optional<SeriesMaker> series_;
};

}  // namespace tracetax
