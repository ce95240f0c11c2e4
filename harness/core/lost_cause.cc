// SPDX-License-Identifier: Apache-2.0
#include "harness/core/lost_cause.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/core/void_hint.h"

namespace tracetax {
namespace {

bool most_are_errors(const SegmentRecord& segment) {
  std::uint64_t errors = 0;
  for (const auto& [kind, times] : segment.errors) errors += times;
  return errors > segment.requests;
}

/// Whether it is the traces' shape or their number, as no loss by chance makes it.
bool most_traces_are_wrong(const Receipt& receipt) {
  if (receipt.sink_failure || !receipt.known) return false;
  if (receipt.received == 0) return receipt.traces_expected > 0;
  const std::uint64_t wrong = receipt.wrong_shape_traces + receipt.unexpected_traces;
  return 2 * wrong > receipt.traces_received;
}

bool is_inescapable(const SegmentRecord& segment, VoidRule rule) {
  switch (rule) {
    case VoidRule::target_failed:
    case VoidRule::target_restarted:
    case VoidRule::target_killed:
    case VoidRule::companion_failed:
    case VoidRule::invariant_broken:
      return true;
    case VoidRule::too_many_errors:
      return most_are_errors(segment);
    case VoidRule::receipt_open:
      return most_traces_are_wrong(segment.receipt);
    case VoidRule::rate_not_achieved:
      return segment.requests == 0;
    case VoidRule::driver_lag:
    case VoidRule::machine_stalled:
    case VoidRule::driver_saturated:
    case VoidRule::not_warm:
    case VoidRule::interrupted:
      return false;
  }
  return false;
}

/// Requests that time out because the rate was missed are no finding of their own.
bool only_overload_errors(const SegmentRecord& segment) {
  return std::ranges::all_of(segment.errors,
                             [](const auto& error) { return comes_of_overload(error.first); });
}

bool is_chance(const SegmentRecord& segment, VoidRule rule) {
  return rule == VoidRule::rate_not_achieved || rule == VoidRule::driver_lag ||
         rule == VoidRule::machine_stalled || rule == VoidRule::driver_saturated ||
         (rule == VoidRule::too_many_errors && only_overload_errors(segment));
}

/// The first reason of a segment that is inescapable; null: there is none.
const VoidReason* cause_of(const SegmentRecord& segment) {
  const auto found = std::ranges::find_if(segment.voids, [&](const VoidReason& reason) {
    return is_inescapable(segment, reason.rule);
  });
  return found == segment.voids.end() ? nullptr : &*found;
}

}  // namespace

std::optional<LostCause> lost_cause(std::span<const SegmentRecord> segments, int cell) {
  using ArmAndKind = std::pair<int, SegmentKind>;
  const auto place = [](const SegmentRecord& segment) {
    return ArmAndKind{segment.spec.arm, segment.spec.kind};
  };
  std::set<ArmAndKind> escaped;
  for (const SegmentRecord& segment : segments) {
    if (segment.spec.cell == cell && cause_of(segment) == nullptr) escaped.insert(place(segment));
  }
  std::map<VoidRule, const SegmentRecord*> seen;
  for (const SegmentRecord& segment : segments) {
    if (segment.spec.cell != cell || escaped.contains(place(segment))) continue;
    const VoidReason& cause = *cause_of(segment);
    const auto [first, is_first] = seen.try_emplace(cause.rule, &segment);
    if (is_first) continue;
    const SegmentRecord& before = *first->second;
    const std::string who = before.arm == segment.arm
                                ? before.arm + " failed twice"
                                : fmt::format("{} and {} failed", before.arm, segment.arm);
    return LostCause{before.arm,
                     fmt::format("{} in the same way, and so would the next segment: {}", who,
                                 cause_of(before)->detail)};
  }
  return std::nullopt;
}

int blocks_lost_to_chance(std::span<const SegmentRecord> segments, int cell) {
  std::set<int> whole, lost, spoiled;
  for (const SegmentRecord& segment : segments) {
    if (segment.spec.cell != cell || segment.spec.kind != SegmentKind::open) continue;
    whole.insert(segment.spec.block);
    if (segment.valid()) continue;
    const bool chance = std::ranges::all_of(segment.voids, [&segment](const VoidReason& reason) {
      return is_chance(segment, reason.rule);
    });
    (chance ? lost : spoiled).insert(segment.spec.block);
  }
  for (const int block : spoiled) lost.erase(block);
  const bool any_whole = whole.size() > lost.size() + spoiled.size();
  return any_whole ? static_cast<int>(lost.size()) : 0;
}

}  // namespace tracetax
