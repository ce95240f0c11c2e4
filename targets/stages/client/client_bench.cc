// What the stages of a client cost per request: balancers over 3 and 32 addresses, discovery,
// retry.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "targets/stages/client/discovery.h"
#include "targets/stages/client/pick.h"
#include "targets/stages/flow/retry.h"
#include "targets/stages/stage_loop_fixture.h"

namespace tracetax {
namespace {

Addresses addresses_of(std::int64_t count) {
  Addresses addresses;
  for (std::int64_t i = 0; i < count; ++i) addresses.push_back(fmt::format("10.0.0.{}:8080", i));
  return addresses;
}

void BM_Pick(benchmark::State& state, Balancer balancer, bool equal) {
  PickSpec spec{.balancer = balancer, .addresses = addresses_of(state.range(0))};
  for (std::size_t i = 0; !equal && i < spec.addresses.size(); ++i) {
    spec.weights.push_back(static_cast<int>(1 + i % 7));
  }
  run_requests(state, make_stage(spec));
}
BENCHMARK_CAPTURE(BM_Pick, p2c_gozero, Balancer::p2c_gozero, true)->Arg(3)->Arg(32);
BENCHMARK_CAPTURE(BM_Pick, p2c_kratos, Balancer::p2c_kratos, true)->Arg(3)->Arg(25);
BENCHMARK_CAPTURE(BM_Pick, wrr_kratos, Balancer::wrr_kratos, true)->Arg(3)->Arg(25);
BENCHMARK_CAPTURE(BM_Pick, wrr_kitex_equal, Balancer::wrr_kitex, true)->Arg(3)->Arg(32);
BENCHMARK_CAPTURE(BM_Pick, wrr_kitex, Balancer::wrr_kitex, false)->Arg(3)->Arg(32);
BENCHMARK_CAPTURE(BM_Pick, round_robin, Balancer::round_robin, true)->Arg(3);
BENCHMARK_CAPTURE(BM_Pick, random_weighted, Balancer::random_weighted, false)->Arg(3)->Arg(32);

void BM_Discovery(benchmark::State& state) {
  run_requests(state, make_stage(DiscoverySpec{}, [] { return addresses_of(100); }));
}
BENCHMARK(BM_Discovery);

// The miss: 100 addresses are cut to a subset.
void BM_Subset(benchmark::State& state) {
  const Addresses all = addresses_of(100);
  for (auto _ : state) {
    if (state.range(0) == 0) {
      Addresses addresses = all;
      shuffle_subset(addresses, 32, thread_uniform());
      benchmark::DoNotOptimize(addresses);
    } else {
      benchmark::DoNotOptimize(ring_subset(all, 25, "caller"));
    }
  }
}
BENCHMARK(BM_Subset)->ArgName("ring")->Arg(0)->Arg(1);

void BM_Retry(benchmark::State& state) { run_requests(state, make_stage(RetrySpec{})); }
BENCHMARK(BM_Retry);

}  // namespace
}  // namespace tracetax
