// How long a run still takes: the plan's own times at first, corrected by what segments really
// took. From the first segment on that has the launch, the drain and the stop of this target in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <utility>

#include "harness/core/plan.h"

namespace tracetax {

class TimeLeft {
 public:
  TimeLeft(const Design& design, const Plan& plan);

  /// What a segment like this took.
  void took(const SegmentSpec& spec, Nanos time);
  /// From the segment with this index to the end of the plan, for the cells that go on.
  [[nodiscard]] Nanos from(std::size_t segment, const std::function<bool(int cell)>& goes_on) const;

 private:
  struct Mean {
    Nanos sum{0};
    int count = 0;
    [[nodiscard]] Nanos value() const { return sum / count; }
  };
  [[nodiscard]] Nanos planned(SegmentKind kind) const;
  [[nodiscard]] Nanos expected(const SegmentSpec& spec) const;

  const Design& design_;
  const Plan& plan_;
  int in_turns_ = 1;  // arms that are launched, drained and stopped together
  std::map<std::pair<SegmentKind, int>, Mean> seen_;  // by kind and arm
  Mean beyond_plan_;  // of all of them: for arms that were not seen yet
};

}  // namespace tracetax
