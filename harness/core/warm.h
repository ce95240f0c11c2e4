// Whether a service is warm. A just-in-time compiler makes a request cheaper for seconds after the
// start: an Express service took 337, 212, 187, 181, 131 us in its first five seconds, a Java
// service with an agent 880 us at first and 100 after 20 s. What is measured meanwhile is the
// start, and its overhead is that of interpreted code. Pure functions of CPU per request.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// Windows that a warm-up until steady looks at together: the last so many.
inline constexpr std::size_t kSteadyWindows = 8;

/// Whether CPU per request falls no more over the last kSteadyWindows windows; false with fewer. It
/// still falls if
/// - Mann and Kendall's test for a falling trend says so (Mann 1945; one-sided, at 5 %, exact), and
///   the median of the later half is more than 2 % below that of the earlier half; or
/// - that difference is more than 5 %, whatever the test says of eight windows.
/// Medians, because a neighbour on the core makes some windows up to 1.8 times as dear. What
/// comes later, such as a second compiler that has not begun, nobody can know; not_warm sees it.
[[nodiscard]] bool is_steady(std::span<const double> window_costs_us);

/// CPU per request in each third of the measured time: the median of the pieces that it was metered
/// in, so that a neighbour, an export or a collection in fewer than half of them does not show.
/// Three values; none if there are fewer pieces than three.
[[nodiscard]] std::vector<double> costs_of_thirds(std::span<const double> piece_costs_us);

/// A segment is void if its last third is cheaper than its first by more than this factor, and each
/// third cheaper than the one before by more than the other. A quiet service varies by 2 %, and a
/// neighbour comes and goes but seldom makes two steps down in a row.
inline constexpr double kFallThatVoids = 1.15;
inline constexpr double kStepThatVoids = 1.05;

/// Whether CPU per request still fell by that much.
[[nodiscard]] bool still_warming(const SegmentRecord& segment);

/// How much dearer the first third was than the last, as a logarithm; nothing without thirds.
[[nodiscard]] std::optional<double> fall_of(const SegmentRecord& segment);

/// Voids every open segment of a block and cell if one of them is still_warming(): what is dropped
/// must not depend on the arm. To be called once per block.
void judge_warmth(std::span<SegmentRecord> block);

}  // namespace tracetax
