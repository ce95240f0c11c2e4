// SPDX-License-Identifier: Apache-2.0
#include "harness/run/kept_targets.h"

#include <algorithm>
#include <utility>

#include "harness/core/text/units.h"
#include "harness/run/segment_receipt.h"

namespace tracetax {
namespace {

void void_all(std::span<SegmentRecord* const> segments, const VoidReason& reason) {
  for (SegmentRecord* segment : segments) segment->voids.push_back(reason);
}

/// Of segments in which the target decides what is sampled: only it knows what had to come.
void close_by_self_counts(std::span<SegmentRecord* const> segments, const KeptEnd& end) {
  if (!end.self_counts) {
    for (SegmentRecord* segment : segments) {
      segment->warnings.emplace_back(
          "the target decides about sampling and does not count its spans: nobody knows how many "
          "had to come");
    }
    return;
  }
  std::uint64_t received = end.late_spans;
  for (const SegmentRecord* segment : segments) received += segment->receipt.received;
  if (received != end.self_counts->ended) {
    void_all(segments,
             {VoidRule::receipt_open,
              fmt::format("the target ended {} spans in the {} segments of this launch, and {} "
                          "came; tracing that loses spans looks cheap",
                          end.self_counts->ended, segments.size(), received)});
    return;
  }
  for (SegmentRecord* segment : segments) {
    SelfCounts own;
    own.ended = segment->receipt.received;
    segment->receipt = receipt_from_self_counts(segment->receipt, own);
  }
}

}  // namespace

std::string told_breach(const InvariantSeen& seen) {
  return fmt::format("service {} says of itself that '{}' does not hold: {}", seen.service,
                     seen.name, seen.saw.empty() ? "no more than that" : seen.saw);
}

void judge_launch(std::span<SegmentRecord* const> segments, const TargetSpec& target,
                  const KeptEnd& end) {
  if (segments.empty()) return;
  SegmentRecord& last = *segments.back();
  last.self_counts = end.self_counts;
  for (const InvariantSeen& seen : end.invariants) {
    if (!seen.holds) void_all(segments, {VoidRule::invariant_broken, told_breach(seen)});
    for (SegmentRecord* segment : segments) segment->invariants.push_back(seen);
  }
  const bool target_decides = std::ranges::any_of(segments, [](const SegmentRecord* segment) {
    return !segment->receipt.known && !segment->receipt.sink_failure;
  });
  if (target_decides) close_by_self_counts(segments, end);
  if (end.late_spans > 0) {
    last.voids.push_back(
        {VoidRule::receipt_open,
         fmt::format("{} spans came only when the target was stopped, after the drain of its last "
                     "segment, so their cost is not in the numbers; does the target keep to "
                     "OTEL_BSP_SCHEDULE_DELAY? else raise design.settle above its delay",
                     end.late_spans)});
  }
  for (const std::string& service : end.killed_services)
    last.warnings.push_back(service + " did not end by itself and was killed");
  if (!end.killed) return;
  const std::string killed =
      fmt::format("target {} did not end within {} of SIGTERM and was killed", target.name,
                  format_duration(target.stop_within));
  if (target_decides) {
    void_all(segments, {VoidRule::target_killed,
                        killed + ": its last spans may be lost; make it end on SIGTERM, or raise "
                                 "stop_within"});
  } else {
    last.warnings.push_back(killed + "; its segments had all their spans by then");
  }
}

std::size_t KeptTargets::place_of(int arm) {
  Arm& own = arms_[static_cast<std::size_t>(arm)];
  for (std::size_t place = 0; !own.place; ++place) {
    if (std::ranges::find(arms_, std::optional{place}, &Arm::place) == arms_.end())
      own.place = place;
  }
  return *own.place;
}

std::optional<RunningTarget> KeptTargets::take(int arm) {
  Arm& own = arms_[static_cast<std::size_t>(arm)];
  if (!own.target) return std::nullopt;
  std::optional<RunningTarget> taken{std::move(*own.target)};
  own.target.reset();
  taken->thaw();
  return taken;
}

void KeptTargets::give_back(int arm, RunningTarget target) {
  target.freeze();
  Arm& own = arms_[static_cast<std::size_t>(arm)];
  own.target.emplace(std::move(target));
  own.received = received_of(static_cast<std::size_t>(arm));
}

void KeptTargets::block_ends(std::span<SegmentRecord> segments,
                             const std::function<bool()>& abandon) {
  const bool all_up =
      std::ranges::all_of(arms_, [](const Arm& arm) { return arm.target.has_value(); });
  if (++blocks_ >= fresh_every_ || !all_up) stop(segments, abandon);
}

std::optional<std::uint64_t> KeptTargets::received_of(std::size_t arm) const {
  return sinks_[sinks_of_[arm] + *arms_[arm].place]->spans_received();
}

KeptEnd KeptTargets::end_of(std::size_t place, const std::function<bool()>& abandon) {
  KeptEnd end;
  Arm& arm = arms_[place];
  if (!arm.target) return end;
  const TargetEnd stopped = arm.target->stop(abandon);
  end.killed = stopped.killed && !(abandon && abandon());
  end.killed_services = stopped.killed_services;
  end.self_counts = stopped.self_counts;
  end.invariants = stopped.invariants;
  const auto received = received_of(place);
  if (received && arm.received) end.late_spans = *received - std::min(*arm.received, *received);
  return end;
}

void KeptTargets::stop(std::span<SegmentRecord> segments, const std::function<bool()>& abandon) {
  const bool none_up =
      std::ranges::none_of(arms_, [](const Arm& arm) { return arm.target.has_value(); });
  if (none_up && blocks_ == 0) return;
  for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
    std::vector<SegmentRecord*> measured_on_it;
    for (SegmentRecord& segment : segments) {
      if (segment.spec.cell == cell_ && segment.launch == launch_ &&
          segment.spec.arm == static_cast<int>(arm))
        measured_on_it.push_back(&segment);
    }
    judge_launch(measured_on_it, target_, end_of(arm, abandon));
    arms_[arm].target.reset();
    arms_[arm].place.reset();
  }
  ++launch_;
  blocks_ = 0;
}

}  // namespace tracetax
