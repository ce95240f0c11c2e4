// What the stages' benchmarks share: one request through a stage and an empty handler, again and
// again. The loop itself (exchange, chain, handler) is measured by BM_EmptyChain.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include <utility>

#include "targets/request/exchange_fixture.h"

namespace tracetax {

/// `status` is what the handler answers. The route is a fixed one.
inline void run_requests(benchmark::State& state, StagePointer stage, unsigned status = 200) {
  static const Route route{"GET", "/users/:id", Action::get_user};
  const Chain chain = chain_of(std::move(stage), [status](Exchange& e) { e.status = status; });
  ExchangeFixture f;
  f.exchange.route = &route;
  f.exchange.body = R"({"name":"Ann","email":"ann@example.com"})";
  for (auto _ : state) {
    f.exchange.status = 200;
    chain.handle(f.exchange);
    benchmark::DoNotOptimize(f.exchange.status);
  }
}

}  // namespace tracetax
