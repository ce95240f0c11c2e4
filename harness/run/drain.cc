// SPDX-License-Identifier: Apache-2.0
#include "harness/run/drain.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
constexpr Nanos kPoll = 20ms;
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

DrainOutcome drain(const DrainRule& rule,
                   const std::function<std::optional<std::uint64_t>()>& received,
                   const std::function<bool()>& abandon) {
  DrainOutcome outcome;
  const auto start = Clock::now();
  if (!sleep_unless(abandon, rule.shortest)) {
    outcome.abandoned = true;
    return outcome;
  }
  const bool quiet_ends = rule.quiet_ends || !rule.due;
  auto last_change = start;
  for (;;) {
    const auto count = received();
    const auto now = Clock::now();
    if (!count) return outcome;
    if (outcome.received != count) last_change = now;
    outcome.received = count;
    outcome.complete = rule.due ? *count >= *rule.due : false;
    if (!outcome.complete && quiet_ends) {
      outcome.complete =
          now - start >= rule.quiet && now - last_change >= std::min(kLull, rule.quiet);
    }
    if (outcome.complete || now - start >= rule.deadline) return outcome;
    if (!sleep_unless(abandon, kPoll)) {
      outcome.abandoned = true;
      return outcome;
    }
  }
}

}  // namespace tracetax
