// SPDX-License-Identifier: Apache-2.0
#include "harness/run/time_left.h"

#include <algorithm>
#include <chrono>

namespace tracetax {
namespace {

constexpr Nanos kLaunchAndStop =
    std::chrono::milliseconds{100};                       // of a quick target; corrected later
constexpr Nanos kUntilSteady = std::chrono::seconds{10};  // of a service that is warm soon

}  // namespace

TimeLeft::TimeLeft(const Design& design, const Plan& plan) : design_(design), plan_(plan) {
  for (const SegmentSpec& spec : plan.segments) {
    if (spec.slices > 1) in_turns_ = std::max(in_turns_, spec.position + 1);
  }
}

void TimeLeft::took(const SegmentSpec& spec, Nanos time) {
  Mean& mean = seen_[{spec.kind, spec.arm}];
  mean.sum += time;
  ++mean.count;
  beyond_plan_.sum += time - planned(spec.kind);
  ++beyond_plan_.count;
}

Nanos TimeLeft::planned(SegmentKind kind) const {
  const Nanos settled = 2 * design_.settle / (kind == SegmentKind::open ? in_turns_ : 1);
  const Nanos waits = settled + kLaunchAndStop;
  Nanos warmup = kind == SegmentKind::capacity ? design_.warmup / 2 : design_.warmup;
  if (design_.until_steady) {
    const int launches = design_.processes == Processes::kept ? design_.fresh_every : 1;
    warmup = std::max(warmup, kUntilSteady / launches);
  }
  if (kind == SegmentKind::capacity) return waits + warmup + design_.capacity.value_or(Nanos{0});
  return waits + warmup + design_.measure;
}

Nanos TimeLeft::expected(const SegmentSpec& spec) const {
  const auto same = seen_.find({spec.kind, spec.arm});
  if (same != seen_.end()) return same->second.value();
  return planned(spec.kind) + (beyond_plan_.count > 0 ? beyond_plan_.value() : Nanos{0});
}

Nanos TimeLeft::from(std::size_t segment, const std::function<bool(int)>& goes_on) const {
  Nanos sum{0};
  for (std::size_t i = segment; i < plan_.segments.size(); ++i) {
    if (goes_on(plan_.segments[i].cell)) sum += expected(plan_.segments[i]);
  }
  return sum;
}

}  // namespace tracetax
