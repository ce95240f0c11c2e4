// Segments that were lost to the driver or the machine, arm by arm. If a traced arm loses more of
// them than `off`, the pairs that are left are a chosen few, and their ratio is biased: 0.6 to 2.2
// points in a simulation where the sink shared the driver's CPU.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

struct DriverVoids {
  int arm = 0;
  std::uint64_t off_lost = 0, off_all = 0;  // open segments of arm 0
  std::uint64_t on_lost = 0, on_all = 0;
  double p = 1;  // two-sided Fisher
};

/// Of every arm but the first, in one cell, over the blocks up to `last_block`. Counts driver_lag,
/// driver_saturated and machine_stalled.
[[nodiscard]] std::vector<DriverVoids> driver_voids(const RunResult& result, int cell,
                                                    int last_block);

}  // namespace tracetax
