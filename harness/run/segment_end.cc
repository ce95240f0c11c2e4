// How a segment ends: the target is stopped or kept, the receipt closed, and the record judged.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/core/ledger/span_ledger.h"
#include "harness/core/receipt/keep_check.h"
#include "harness/core/services.h"
#include "harness/core/validity.h"
#include "harness/load/ledger.h"
#include "harness/run/kept_targets.h"
#include "harness/run/process/export_words.h"
#include "harness/run/segment_receipt.h"
#include "harness/run/segment_run.h"
#include "harness/run/service/service_pool.h"

namespace tracetax {

SegmentRecord SegmentRun::finish() {
  if (target_ && !abandoned_) look_at_companions();
  if (target_ && measured_ && !abandoned_ && record_.valid()) ask_invariants();
  const bool stays = context_.kept != nullptr && going_ && !target_->ended();
  if (stays) {
    engine_.reset();
    target_->freeze();
  } else if (target_) {
    stop();
  }
  if (abandoned_) {
    record_.voids.push_back({VoidRule::interrupted, "abandoned at the second interrupt"});
  } else if (going_) {
    close_receipt();
    judge();
  }
  add_complaints();
  // What one arm broke, another must not find.
  const bool broken =
      is_void_by(VoidRule::companion_failed) || is_void_by(VoidRule::invariant_broken);
  if (context_.pool != nullptr && broken) context_.pool->renew();
  keep_output();
  if (stays) keep();
  record_.times.pack();
  return std::move(record_);
}

/// Where something went wrong, and a companion may be why. It is not asked where nothing did, for
/// that takes CPU and time, and never while anybody measures.
void SegmentRun::look_at_companions() {
  const bool wrong =
      !record_.valid() || !drained_ || !load_.errors.empty() || (measured_ && load_.ok == 0);
  if (!wrong) return;
  complaints_ = target_->complaints();
  if (is_void_by(VoidRule::companion_failed)) return;
  for (std::string& why : target_->failed_companions(context_.abandon)) {
    // Before what it caused.
    record_.voids.insert(record_.voids.begin(), {VoidRule::companion_failed, std::move(why)});
  }
}

void SegmentRun::ask_invariants() {
  for (InvariantAnswer& answer : target_->ask_invariants(context_.abandon)) {
    if (!answer.seen.holds) void_because(VoidRule::invariant_broken, std::move(answer.breach));
    record_.invariants.push_back(std::move(answer.seen));
  }
}

void SegmentRun::note_told(const std::vector<InvariantSeen>& invariants) {
  for (const InvariantSeen& seen : invariants) {
    if (!seen.holds) void_because(VoidRule::invariant_broken, told_breach(seen));
    record_.invariants.push_back(seen);
  }
}

/// What a database writes about a full disk or a table that is not there.
void SegmentRun::add_complaints() {
  if (complaints_.empty() || is_void_by(VoidRule::companion_failed)) return;
  for (VoidReason& reason : record_.voids) {
    if (reason.rule == VoidRule::too_many_errors || reason.rule == VoidRule::target_failed ||
        reason.rule == VoidRule::target_restarted || reason.rule == VoidRule::receipt_open)
      reason.detail += fmt::format(". Meanwhile {}", complaints_);
  }
}

void SegmentRun::keep_output() {
  if (!context_.keep_output || abandoned_) return;
  if (target_ && context_.kept != nullptr) static_cast<void>(target_->note_output());
  output_->when = fmt::format("block {}", spec_.block + 1);
  output_->failure = target_failure(record_);
  context_.keep_output(*output_);
}

void SegmentRun::stop() {
  if (!abandoned_) context_.step("stop");
  engine_.reset();  // its connections, so that a server that waits for them can end
  const bool alive = !target_->ended();
  const TargetEnd end = target_->stop(context_.abandon);
  record_.self_counts = end.self_counts;
  note_told(end.invariants);
  if (measured_) take_metrics(end.metrics);
  record_.export_words = export_words(target_->note_output());
  for (const std::string& service : end.killed_services) {
    record_.warnings.push_back(service + " did not end by itself and was killed");
  }
  if (alive && end.killed && !abandoned_) {
    void_because(
        VoidRule::target_killed,
        fmt::format("target {} did not end within {} of SIGTERM and was killed: its last spans "
                    "may be lost; make it end on SIGTERM, or raise stop_within",
                    context_.target.name, format_duration(context_.target.stop_within)));
  }
}

/// For the next block; not if something is wrong with it.
void SegmentRun::keep() {
  const auto is_the_targets = [](const VoidReason& reason) {
    switch (reason.rule) {
      case VoidRule::too_many_errors:
      case VoidRule::receipt_open:
      case VoidRule::target_restarted:
      case VoidRule::target_failed:
      case VoidRule::target_killed:
      case VoidRule::companion_failed:
      case VoidRule::invariant_broken:
        return true;
      default:
        return false;
    }
  };
  if (std::ranges::any_of(record_.voids, is_the_targets)) {
    note_told(target_->stop(context_.abandon).invariants);
  } else {
    context_.kept->give_back(spec_.arm, std::move(*target_));
  }
  target_.reset();
}

void SegmentRun::close_receipt() {
  const bool counted = knows_traces() || !exports_;
  const auto received = sink_.spans_received();
  if (receives()) return judge_receiver();
  // After the target's end: nothing can come any more.
  record_.receipt = counted ? sink_.close_segment(expected_) : sink_.count_segment();
  if (!counted || arm_.keeps || arm_.loss_expected || comes_in_batches())
    check_late_spans(received);
  if (!counted) judge_by_self_counts();
  if (arm_.keeps && record_.receipt.keeps) judge_by_rule();
  if (record_.receipt.closes()) record_.export_words.clear();
  if (record_.receipt.sink_failure && !exports_) {
    record_.warnings.push_back("the sink had failed: " + *record_.receipt.sink_failure);
    record_.receipt.sink_failure.reset();
  }
}

// Where nobody knows how many spans must come, or some may be lost, a drain that ended too early
// looks complete.
void SegmentRun::check_late_spans(std::optional<std::uint64_t> received) {
  if (capacity() || !received || !received_by_drain_ || *received <= *received_by_drain_) return;
  void_because(
      VoidRule::receipt_open,
      fmt::format(
          "{} of {} spans came only after the drain, so their cost is not in the numbers; does the "
          "target keep to OTEL_BSP_SCHEDULE_DELAY ({})? else raise design.settle above its delay",
          *received - *received_by_drain_, *received, format_duration(target_->span_delay())));
}

/// The spans went to the target itself, which says what it took.
void SegmentRun::judge_receiver() {
  record_.receipt = receipt_of_receiver(record_.self_counts, expected_.phases, exceptions_lost_,
                                        expected_.spans_per_request);
  if (!record_.receipt.known) return;
  if (const std::string open = record_.receipt.reason(); !open.empty()) {
    void_because(VoidRule::receipt_open,
                 fmt::format("{}: the receiver does not count what it said to have taken", open));
  }
}

void SegmentRun::judge_by_self_counts() {
  record_.receipt = receipt_from_self_counts(record_.receipt, record_.self_counts);
  record_.sampled_share = sampled_share(record_.receipt, expected_).value_or(arm_.rate.share());
  // Who is kept says so when it ends: kept_targets.cc.
  if (record_.self_counts || context_.kept != nullptr) return;
  record_.warnings.emplace_back(
      "the target decides about sampling and does not count its spans: nobody knows how many had "
      "to come");
}

/// Of every trace that whoever drops has kept all must be there, whatever its class.
void SegmentRun::judge_by_rule() {
  record_.sampled_share = share_that_came(record_.receipt);
  const bool passed_on = relay_of(*context_.suite, context_.target, arm_) != nullptr;
  if (const auto kept = kept_by(record_, passed_on))
    compare_with_kept(kept->traces, kept->came, kept->who, *record_.receipt.keeps);
}

void SegmentRun::judge() {
  const bool known = knows_traces();
  const std::chrono::duration<double> phase = context_.suite->design.measure;
  const double phase_s = capacity() ? 0 : phase.count();
  const double behind = falling_behind(load_, length() / spec_.slices);
  const ServiceSpec* relay = relay_of(*context_.suite, context_.target, arm_);
  auto broken = check_validity(
      record_, {exports_, known ? 0 : arm_.rate.share(), phase_s, behind, context_.offered,
                arm_.sink.faults.any(), arm_.loss_expected, relay != nullptr ? relay->name : "",
                context_.scenario.context, arm_.keeps.has_value()});
  if (capacity()) {
    // At full speed a queue may rightly overflow. The reports say so beside the capacity, because
    // losing spans makes it look better.
    // Of a receiver the sender is a part of what is measured: reports say which end was the limit.
    std::erase_if(broken, [&](const VoidReason& reason) {
      return (reason.rule == VoidRule::receipt_open && !record_.receipt.sink_failure) ||
             (reason.rule == VoidRule::driver_saturated && receives());
    });
  } else if (!drained_ && !record_.receipt.sink_failure && record_.receipt.closes()) {
    void_because(
        VoidRule::receipt_open,
        fmt::format("the last spans came only after the drain's deadline of {}, so their cost is "
                    "not in the numbers; raise it: --set design.drain=20s",
                    format_duration(context_.suite->design.drain)));
  }
  const std::string leak =
      losses_sentence(make_ledger(record_, ledger_facts(*context_.suite, context_.target, arm_)));
  for (VoidReason& reason : broken) {
    if (reason.rule == VoidRule::receipt_open && !leak.empty())
      reason.detail += fmt::format(". The walk of the spans: {}", leak);
  }
  record_.voids.insert(record_.voids.end(), broken.begin(), broken.end());
  // Who waits for its turn exports nothing: at worst it was first in one round and last in the
  // next.
  const auto others = static_cast<int>(context_.suite->arms.size()) - 1;
  const Nanos stopped = spec_.slices > 1 ? 2 * others * (length() / spec_.slices) : Nanos{0};
  const auto slow = slow_exports(record_.receipt, target_->span_delay() + stopped);
  if (slow && !capacity()) record_.warnings.push_back(*slow);
}

}  // namespace tracetax
