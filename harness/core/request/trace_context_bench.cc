// What a request pays for its own trace context in the driver's hot loop, and what a sampler pays
// for its decision.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/core/request/context_format.h"
#include "harness/core/request/request_ids.h"
#include "harness/core/request/trace_context.h"

namespace tracetax {
namespace {

RequestIds ids_at_one_percent() { return {42, SampleRate::make(0.01).value()}; }

// The whole of it: the ids of a request, the sampling decision and the 55 bytes.
void BM_PatchTraceparent(benchmark::State& state) {
  const RequestIds ids = ids_at_one_percent();
  std::array<char, kTraceparentSize> header{};
  std::uint64_t k = 0;
  for (auto _ : state) {
    write_traceparent(ids.at(k++), header.data());
    benchmark::DoNotOptimize(header);
  }
}
BENCHMARK(BM_PatchTraceparent);

// The same by way of the list of fields: of W3C alone, and of the others beside it.
void BM_WriteContext(benchmark::State& state, const char* formats) {
  const RequestIds ids = ids_at_one_percent();
  const auto fields = fields_of(*parse_context_list(formats));
  std::array<char, kContextFields * kLongestContext> out{};
  std::uint64_t k = 0;
  for (auto _ : state) {
    const TraceContext context = ids.at(k++);
    std::size_t at = 0;
    for (const ContextField field : fields) {
      write_context(field, context, out.data() + at);
      at += size_of(field);
    }
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK_CAPTURE(BM_WriteContext, w3c, "w3c");
BENCHMARK_CAPTURE(BM_WriteContext, b3, "b3");
BENCHMARK_CAPTURE(BM_WriteContext, b3multi, "b3multi");
BENCHMARK_CAPTURE(BM_WriteContext, jaeger, "jaeger");
BENCHMARK_CAPTURE(BM_WriteContext, xray, "xray");
BENCHMARK_CAPTURE(BM_WriteContext, all, "w3c,b3,b3multi,jaeger,xray");

void BM_RequestIds(benchmark::State& state) {
  const RequestIds ids = ids_at_one_percent();
  std::uint64_t k = 0;
  for (auto _ : state) benchmark::DoNotOptimize(ids.at(k++));
}
BENCHMARK(BM_RequestIds);

void BM_RatioDecision(benchmark::State& state) {
  const RequestIds ids = ids_at_one_percent();
  const std::uint64_t threshold = ratio_threshold(ids.rate());
  std::array<TraceId, 256> traces;
  for (std::size_t i = 0; i < traces.size(); ++i) traces[i] = ids.at(i).trace_id;
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(ratio_keeps(traces[i++ % traces.size()], threshold));
}
BENCHMARK(BM_RatioDecision);

void BM_ParseTraceparent(benchmark::State& state) {
  const std::string header = format_traceparent(ids_at_one_percent().at(1));
  for (auto _ : state) benchmark::DoNotOptimize(parse_traceparent(header));
}
BENCHMARK(BM_ParseTraceparent);

}  // namespace
}  // namespace tracetax
