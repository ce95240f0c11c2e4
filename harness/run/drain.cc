// SPDX-License-Identifier: Apache-2.0
#include "harness/run/drain.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
/// Nothing for so long, and the batch that was on its way has come.
constexpr Nanos kLull = 200ms;

}  // namespace

bool sleep_unless(const std::function<bool()>& abandon, Nanos time) {
  constexpr Nanos kSlice = 100ms;
  const auto until = Clock::now() + time;
  for (;;) {
    if (abandon && abandon()) return false;
    const Nanos left{until - Clock::now()};
    if (left <= Nanos{0}) return true;
    std::this_thread::sleep_for(std::min(left, kSlice));
  }
}

bool Drain::over(std::optional<std::uint64_t> received, Clock::time_point now) {
  if (now - start_ < rule_.shortest) return false;
  if (!received) return true;
  if (outcome_.received != received) last_change_ = now;
  outcome_.received = received;
  outcome_.complete = rule_.due && *received >= *rule_.due;
  if (!outcome_.complete && (rule_.quiet_ends || !rule_.due)) {
    outcome_.complete =
        now - start_ >= rule_.quiet && now - last_change_ >= std::min(kLull, rule_.quiet);
  }
  return outcome_.complete || now - start_ >= rule_.deadline;
}

}  // namespace tracetax
