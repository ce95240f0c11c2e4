// What the engine itself spends per request beside the system calls: reading an answer, and knowing when
// the next request is due.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "harness/load/arrivals.h"
#include "harness/load/http_response.h"

namespace tracetax {
namespace {

void read_answers(benchmark::State& state, std::string_view answer) {
  HttpResponseReader reader;
  for (auto _ : state) {
    reader.begin(false);
    std::size_t used = 0;
    auto step = reader.read(answer, used);
    benchmark::DoNotOptimize(step);
    benchmark::DoNotOptimize(used);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(answer.size()));
}

void BM_HttpResponse(benchmark::State& state) {
  read_answers(state,
               "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Thu, 20 Nov 2025 18:00:00 GMT\r\n"
               "Content-Type: application/json; charset=utf-8\r\nContent-Length: 27\r\nConnection: keep-alive\r\n\r\n"
               "{\"id\":42,\"name\":\"someone\"}\r\n");
}
BENCHMARK(BM_HttpResponse);

void BM_HttpResponseChunked(benchmark::State& state) {
  read_answers(state,
               "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
               "1b\r\n{\"id\":42,\"name\":\"someone\"}\r\n\r\n0\r\n\r\n");
}
BENCHMARK(BM_HttpResponseChunked);

void next_due(benchmark::State& state, Arrivals arrivals) {
  ArrivalStream stream{arrivals, 10'000, 1, 0, 1};
  for (auto _ : state) {
    stream.advance();
    benchmark::DoNotOptimize(stream.due_ns());
  }
}

void BM_NextDueConstant(benchmark::State& state) { next_due(state, Arrivals::constant); }
BENCHMARK(BM_NextDueConstant);

void BM_NextDuePoisson(benchmark::State& state) { next_due(state, Arrivals::poisson); }
BENCHMARK(BM_NextDuePoisson);

}  // namespace
}  // namespace tracetax
