// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/live_ticks.h"

#include <algorithm>
#include <utility>

namespace tracetax {
namespace {

constexpr std::int64_t kDone = INT64_MAX;  // with its phase: nothing more comes of this worker

}  // namespace

void LiveTicks::add(std::size_t worker, const LoadTick& tick) {
  known_ = std::max(known_, tick.number + 1);
  over_[worker] = tick.last ? kDone : tick.number + 1;
  auto [place, is_new] = ticks_.try_emplace(tick.number, kLiveTicks.digits);
  if (is_new) place->second.number = tick.number;
  place->second.merge(tick);
}

std::int64_t LiveTicks::complete() const { return std::min(std::ranges::min(over_), known_); }

LoadTick LiveTicks::take_before(std::int64_t number) {
  LoadTick sum(kLiveTicks.digits);
  const auto end = ticks_.lower_bound(number);
  for (auto tick = ticks_.begin(); tick != end; ++tick) sum.merge(tick->second);
  ticks_.erase(ticks_.begin(), end);
  return sum;
}

void LiveTotals::add(LoadTick ticks, std::int64_t number) {
  so_far_.merge(ticks);
  const std::int64_t more = number - std::exchange(number_, number);
  if (more == 0 && !last_.empty()) {
    last_.back().load.merge(ticks);
    return;
  }
  last_.push_back({more, std::move(ticks)});
  last_ticks_ += more;
  while (last_.size() > 1 && last_ticks_ - last_.front().ticks >= kTicksPerSecond) {
    last_ticks_ -= last_.front().ticks;
    last_.pop_front();
  }
}

LoadTick LiveTotals::last_second() const {
  LoadTick sum(kLiveTicks.digits);
  for (const Piece& piece : last_) sum.merge(piece.load);
  return sum;
}

double LiveTotals::last_second_s() const {
  return static_cast<double>(last_ticks_) / kTicksPerSecond;
}

}  // namespace tracetax
