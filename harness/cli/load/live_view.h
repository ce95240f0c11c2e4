// The live view of `tracetax load` as text: one frame from what is known. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "harness/cli/load/live_ticks.h"
#include "harness/cli/load/load_options.h"

namespace tracetax {

struct Screen {
  std::size_t columns = 80, rows = 24;
  bool color = false;
  bool utf8 = false;
};

/// Lines that fit the screen, the most important first: what has no room is left out. Each ends
/// with the codes that erase what stood there, so that it can be drawn over the frame before.
[[nodiscard]] std::string live_frame(const LoadOptions& options, const LiveTotals& totals,
                                     const Screen& screen);

/// The same as one line: time, rate, errors.
[[nodiscard]] std::string live_line(const LoadOptions& options, const LiveTotals& totals);

}  // namespace tracetax
