// SPDX-License-Identifier: Apache-2.0
#include "harness/load/ticks/tick.h"

#include <algorithm>
#include <chrono>

namespace tracetax {
namespace {

constexpr Nanos kShortest = std::chrono::milliseconds{100};

/// From 64 ns to two minutes.
constexpr HistogramRange range_of(int digits) {
  return {.lowest = 64, .highest = 120'000'000'000, .digits = digits};
}

}  // namespace

TickPlan ticks_of(Nanos duration, std::size_t most) {
  TickPlan plan{.length = kShortest};
  const auto needed = [&] {
    return static_cast<std::size_t>((duration + plan.length - Nanos{1}) / plan.length);
  };
  while (needed() > most) plan.length *= 2;
  plan.kept = std::max<std::size_t>(1, needed());
  return plan;
}

LoadTick::LoadTick(int digits) : response(range_of(digits)), lag(range_of(digits)) {}

void LoadTick::merge(const LoadTick& other) {
  ok += other.ok;
  late += other.late;
  errors.merge(other.errors);
  response.merge(other.response);
  lag.merge(other.lag);
}

void LoadTick::reset() {
  number = 0;
  last = false;
  ok = late = 0;
  errors = ErrorTally{};
  response.reset();
  lag.reset();
}

}  // namespace tracetax
