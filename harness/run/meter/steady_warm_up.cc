// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/steady_warm_up.h"

#include <algorithm>
#include <chrono>

#include "harness/core/warm.h"

namespace tracetax {
namespace {

/// A compiler counts calls: HotSpot compiles for good what was called 5,000 times or more
/// (Tier4InvocationThreshold). At 150 requests/s an Express service seemed steady after 8 s and
/// cost 40 % less after 60.
constexpr std::uint64_t kCallsToCompile = 5'000;

}  // namespace

Nanos steady_window(double rate) {
  constexpr Nanos kShortest = std::chrono::seconds{1};
  constexpr double kRequests = 100;
  if (rate <= 0) return kShortest;
  return std::max(kShortest, Nanos{static_cast<Nanos::rep>(kRequests / rate * 1e9)});
}

WarmUp warm_up_until_steady(const MeteredTree& tree, const Design& design, Nanos window,
                            const std::function<std::uint64_t(std::uint64_t number)>& run) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  WarmUp warm;
  warm.steady = false;
  std::uint64_t all_answers = 0;
  for (std::uint64_t number = 0; !warm.steady; ++number) {
    const auto before = sample_tree(tree);
    if (!before) break;
    const std::uint64_t answers = run(number);
    if (answers == 0) break;
    const std::uint64_t cpu_ns = std::max(cpu_ns_now(*before), before->cpu_ns()) - before->cpu_ns();
    warm.window_costs_us.push_back(static_cast<double>(cpu_ns) / 1e3 /
                                   static_cast<double>(answers));
    const Nanos took = Clock::now() - start;
    warm.took_s = std::chrono::duration<double>(took).count();
    all_answers += answers;
    const bool last = took + window > design.warmup_limit;
    const bool long_enough = took >= design.warmup && (all_answers >= kCallsToCompile || last);
    warm.steady = long_enough && is_steady(warm.window_costs_us);
    if (last) break;
  }
  return warm;
}

}  // namespace tracetax
