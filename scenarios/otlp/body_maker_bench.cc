// What a span of an export costs before it is sent.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "scenarios/otlp/otlp_testing.h"

namespace tracetax {
namespace {

void make_bodies(benchmark::State& state, bool as_json, double random, Packing packing) {
  SpanShape shape;
  shape.random = random;
  BodyMaker maker(std::make_shared<const BodyForm>(make_body_form(shape, as_json)), packing);
  const RequestIds ids = testing::export_ids();
  BodyBuffer out;
  std::uint64_t number = 0;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(maker.make({ids, number++, testing::kNow, false}, out));
  }
  state.counters["a_span"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * shape.spans,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void BM_MakeBody(benchmark::State& state) { make_bodies(state, false, 0, Packing::none); }
void BM_MakeBodyRandom(benchmark::State& state) { make_bodies(state, false, 1, Packing::none); }
void BM_MakeBodyJson(benchmark::State& state) { make_bodies(state, true, 0, Packing::none); }
void BM_MakeBodyGzip(benchmark::State& state) { make_bodies(state, false, 0, Packing::gzip); }
void BM_MakeBodyZstd(benchmark::State& state) { make_bodies(state, false, 0, Packing::zstd); }
BENCHMARK(BM_MakeBody);
BENCHMARK(BM_MakeBodyRandom);
BENCHMARK(BM_MakeBodyJson);
BENCHMARK(BM_MakeBodyGzip);
BENCHMARK(BM_MakeBodyZstd);

}  // namespace
}  // namespace tracetax
