// What recording one value costs, on values in no order over the whole range (so that the counters
// are spread over all 264 KiB) and on values like those of one service.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "harness/core/histogram/histogram.h"

namespace tracetax {
namespace {

std::vector<std::int64_t> log_spread(double lowest, double highest) {
  std::mt19937_64 random{1};
  std::uniform_real_distribution<double> exponent{std::log(lowest), std::log(highest)};
  std::vector<std::int64_t> values(1 << 14);
  for (auto& value : values) value = static_cast<std::int64_t>(std::exp(exponent(random)));
  return values;
}

void record_all(benchmark::State& state, const std::vector<std::int64_t>& values) {
  Histogram histogram;
  std::size_t at = 0;
  for (auto _ : state) {
    histogram.record(values[at++ & (values.size() - 1)]);
    benchmark::ClobberMemory();
  }
  benchmark::DoNotOptimize(histogram.count());
}

void BM_HistogramRecord(benchmark::State& state) { record_all(state, log_spread(1, 3.6e12)); }
BENCHMARK(BM_HistogramRecord);

void BM_HistogramRecordService(benchmark::State& state) { record_all(state, log_spread(5e4, 2e6)); }
BENCHMARK(BM_HistogramRecordService);

void BM_HistogramMerge(benchmark::State& state) {
  Histogram histogram;
  Histogram other;
  for (const auto value : log_spread(1, 3.6e12)) other.record(value);
  for (auto _ : state) histogram.merge(other);
}
BENCHMARK(BM_HistogramMerge);

void BM_HistogramPercentile(benchmark::State& state) {
  Histogram histogram;
  for (const auto value : log_spread(5e4, 2e6)) histogram.record(value);
  for (auto _ : state) benchmark::DoNotOptimize(histogram.percentile(99.9));
}
BENCHMARK(BM_HistogramPercentile);

}  // namespace
}  // namespace tracetax
