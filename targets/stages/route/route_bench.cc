// What a look-up costs by router, with 53 routes: the application's first route, which is also the
// first that a linear router tries, the last one, and a path that is not there.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "targets/request/exchange_fixture.h"
#include "targets/stages/flow/chain_build.h"
#include "targets/stages/route/operation_matcher.h"
#include "targets/stages/route/route.h"
#include "targets/stages/route/rpc_route.h"

namespace tracetax {
namespace {

using MakeRouter = std::unique_ptr<const Router> (*)(std::vector<Route>);

void find(benchmark::State& state, MakeRouter make, ParamStyle style, std::string_view path) {
  const auto router = make(application_routes(style, 50));
  for (auto _ : state) {
    PathParams params;
    benchmark::DoNotOptimize(router->find("GET", path, params));
  }
}

constexpr std::string_view kFirst = "/users/42";
constexpr std::string_view kLast = "/api/v1/labels/7/parts/8";
constexpr std::string_view kNone = "/api/v1/nothing";

#define ROUTER_BENCH(name, make, style)                                   \
  BENCHMARK_CAPTURE(find, name##_first, make, ParamStyle::style, kFirst); \
  BENCHMARK_CAPTURE(find, name##_last, make, ParamStyle::style, kLast);   \
  BENCHMARK_CAPTURE(find, name##_none, make, ParamStyle::style, kNone)

ROUTER_BENCH(radix, make_radix_router, colon);
ROUTER_BENCH(segments, make_segment_router, braces);
ROUTER_BENCH(maps, make_map_router, colon);
ROUTER_BENCH(regex, make_regex_router, braces);

class EmptyStage final : public Stage {
 public:
  void handle(Exchange& exchange, Next next) const override { next(exchange); }
  std::string describe() const override { return "empty"; }
};

/// `stage` in front of `behind` stages that do nothing.
Chain chain_before(StagePointer stage, std::int64_t behind) {
  std::vector<StagePointer> stages;
  stages.push_back(std::move(stage));
  for (std::int64_t i = 0; i < behind; ++i) stages.push_back(std::make_unique<EmptyStage>());
  return Chain(std::move(stages));
}

void run(benchmark::State& state, const Chain& chain, std::string_view path) {
  ExchangeFixture f;
  f.exchange.method = {};
  f.exchange.path = path;
  for (auto _ : state) {
    chain.handle(f.exchange);
    benchmark::DoNotOptimize(f.exchange.route);
  }
}

void rpc_route(benchmark::State& state, MethodLookup lookup) {
  run(state, chain_before(make_stage(RpcRouteSpec{.lookup = lookup}), 1), "/bench.v1.Bench/Echo");
}
BENCHMARK_CAPTURE(rpc_route, flat, MethodLookup::flat);
BENCHMARK_CAPTURE(rpc_route, by_service, MethodLookup::by_service);
BENCHMARK_CAPTURE(rpc_route, reflective, MethodLookup::reflective);

void chain_build(benchmark::State& state) {
  run(state, chain_before(make_stage(ChainBuildSpec{}), state.range(0) + 1), "/");
}
BENCHMARK(chain_build)->Arg(0)->Arg(3)->Arg(7);

void operation_matcher(benchmark::State& state) {
  run(state, chain_before(make_stage(OperationMatcherSpec{}), state.range(0) + 1),
      "/bench.v1.Bench/Echo");
}
BENCHMARK(operation_matcher)->Arg(1)->Arg(7);

}  // namespace
}  // namespace tracetax
