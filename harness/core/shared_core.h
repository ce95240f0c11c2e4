// A witness of neighbours on the target's cores. Two hardware threads of a core share its units. If
// another program, another virtual machine or a thread of the target itself runs on the other
// thread, the same request costs up to twice the CPU time. This comes in bursts of a tenth of a
// second to some seconds. No counter of the guest shows it: it is not steal time.
//
// But a short loop in registers alone shows it. On a core of its own it takes a fixed time, and
// beside a neighbour up to 1.8 times that. So while a segment is measured, such a loop runs on the
// target's CPUs for a quarter of a percent of the time (harness/run/meter/core_probe.h).
//
// The loop is heard as a witness only: it makes warnings, and no number is corrected by it. Why:
// docs/decisions.md, "No number is corrected for shared cores".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "harness/core/run_result.h"

namespace tracetax {

/// What the loop takes alone, in ns: the 10th percentile of the segments' fastest times. Nearly
/// every segment has quiet moments, and the very fastest had a clock that the others had not. 0:
/// nobody looked.
[[nodiscard]] double loop_alone_ns(std::span<const SegmentRecord> segments);

/// How much slower the loop was in `segment` than alone; nothing without `alone_ns` or with fewer
/// than 20 probes. Below 1 where the clock was faster than usual.
[[nodiscard]] std::optional<double> slowdown(const SegmentRecord& segment, double alone_ns);

}  // namespace tracetax
