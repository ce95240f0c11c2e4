// What the rolling window costs: an addition, and a sum over 40 and over 100 buckets.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "targets/stages/metrics/rolling_window.h"

namespace tracetax {
namespace {

void BM_WindowAdd(benchmark::State& state) {
  RollingWindow<SumBucket> window(40, std::chrono::milliseconds(250), Nanos(0));
  Nanos now{0};
  for (auto _ : state) {
    now += std::chrono::microseconds(100);
    window.current(now).add(1);
  }
  benchmark::DoNotOptimize(window);
}
BENCHMARK(BM_WindowAdd);

template <std::size_t kBuckets>
void BM_WindowSum(benchmark::State& state) {
  RollingWindow<SumBucket> window(kBuckets, std::chrono::milliseconds(250), Nanos(0));
  window.current(Nanos(1)).add(1);
  for (auto _ : state) {
    std::int64_t sum = 0;
    window.for_each(Nanos(1), [&](const SumBucket& bucket) { sum += bucket.sum + bucket.count; });
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(BM_WindowSum<10>);
BENCHMARK(BM_WindowSum<40>);
BENCHMARK(BM_WindowSum<100>);

}  // namespace
}  // namespace tracetax
