// CPU per request of a target piece by piece, while the load on it goes on in one piece.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "harness/core/text/units.h"
#include "harness/run/meter/cpu_meter.h"

namespace tracetax {

/// A thread that sleeps and reads the clocks of the target's processes at the end of every piece:
/// some us each time. So the plan's arrivals stay as they are, which phases of their own would cut.
class CostPieces {
 public:
  /// Begins at once. `answers` counts up meanwhile, as LiveCounts::ok does; it is a few ms old at
  /// worst. `tree` says which processes; it must outlive this, as must `answers`.
  CostPieces(const TreeSample& tree, const std::atomic<std::uint64_t>& answers, Nanos piece,
             int pieces);
  CostPieces(const CostPieces&) = delete;
  CostPieces& operator=(const CostPieces&) = delete;

  /// Ends it: CPU us per answer of every piece that had answers and is over, or half over. To be
  /// called once.
  [[nodiscard]] std::vector<double> stop();

 private:
  std::vector<double> costs_us_;
  std::optional<std::jthread> thread_;  // last: it uses the others
};

/// In how many pieces a segment of this length is metered: up to 15, of 100 requests and 50 ms at
/// least, a multiple of three. 0 if there are not enough for one in each third.
[[nodiscard]] int pieces_for(double rate, Nanos length);

}  // namespace tracetax
