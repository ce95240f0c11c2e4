// What instrumentation costs around a handler that does nothing, by what the caller sends: a
// traceparent alone, as nearly all do, or more beside it.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/trace/trace.h"

namespace tracetax {
namespace {

void trace_stage(benchmark::State& state, const char* tracing_state, bool more) {
  const auto config = read_tracing_config({{"TRACETAX_STATE", tracing_state}}).value();
  const auto tracer = Tracer::make(config, nullptr).value();
  const auto chain = chain_of(make_stage(TraceSpec{}, *tracer), [](Exchange&) {});
  ExchangeFixture f;
  f.headers.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  if (more) {
    f.headers.set("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
    f.headers.set("baggage", "user=ann,tenant=7");
  }
  for (auto _ : state) chain.handle(f.exchange);
}
BENCHMARK_CAPTURE(trace_stage, noop, "noop", false);
BENCHMARK_CAPTURE(trace_stage, noop_more, "noop", true);
BENCHMARK_CAPTURE(trace_stage, record, "record", false);
BENCHMARK_CAPTURE(trace_stage, record_more, "record", true);

}  // namespace
}  // namespace tracetax
