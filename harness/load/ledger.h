// What became of every request number of a phase: the books that a receipt is checked against.
// Every number below LoadResult::due was sent or is listed as not sent; one that was sent and not
// answered as expected is listed as uncertain, and so is an export of which some spans were
// rejected.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/load/engine.h"

namespace tracetax {

/// Lists a number, or counts it as lost when both lists together have reached 1 M entries (16 MB).
void note_not_sent(LoadResult& result, std::uint64_t number) noexcept;
void note_uncertain(LoadResult& result, std::uint64_t number) noexcept;

/// The workers' results as one. Worker w of T made the numbers w, w+T, ... and each stopped at a
/// number of its own. Numbers below the greatest one that their worker did not reach are listed as
/// not sent.
[[nodiscard]] LoadResult add_up(std::span<const LoadResult* const> parts);

/// Adds a phase that came after those in `total`: counts, times and lengths add up. Its lists of
/// request numbers are left out, for they count within their phase.
void add_later_phase(LoadResult& total, const LoadResult& phase);

/// How far behind the target falls while a slice of this length runs, in seconds per second: what
/// was due in the second halves of the slices was answered later after that than what was due in
/// the first halves. Three standard errors are taken off, for chance. A target that needs 5 ms for
/// every answer falls behind by 0, one that can do half of the offered rate by 1.
[[nodiscard]] double falling_behind(const LoadResult& slices, Nanos slice);

}  // namespace tracetax
