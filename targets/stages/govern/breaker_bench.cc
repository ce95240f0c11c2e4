// What breakers and shedders cost per request: while all is well, and while the breaker rejects or
// the shedder has to look at its windows.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/breaker_gozero.h"
#include "targets/stages/govern/breaker_kitex.h"
#include "targets/stages/govern/breaker_kratos.h"
#include "targets/stages/govern/shed_gozero.h"
#include "targets/stages/govern/shed_kratos.h"
#include "targets/stages/stage_loop_fixture.h"

namespace tracetax {
namespace {

// The two clock readings of most stages are part of them; this is the loop without any.
class PassStage final : public Stage {
 public:
  void handle(Exchange& exchange, Next next) const override { next(exchange); }
  std::string describe() const override { return "pass"; }
};
void BM_EmptyChain(benchmark::State& state) { run_requests(state, std::make_unique<PassStage>()); }
BENCHMARK(BM_EmptyChain);

template <typename Spec>
void BM_Breaker(benchmark::State& state) {
  run_requests(state, make_stage(Spec{}));
}
BENCHMARK(BM_Breaker<BreakerGozeroSpec>);
BENCHMARK(BM_Breaker<BreakerKratosSpec>);
BENCHMARK(BM_Breaker<BreakerKitexSpec>);

template <typename Spec>
void BM_BreakerRejecting(benchmark::State& state) {
  run_requests(state, make_stage(Spec{}), 503);
}
BENCHMARK(BM_BreakerRejecting<BreakerGozeroSpec>);
BENCHMARK(BM_BreakerRejecting<BreakerKratosSpec>);
BENCHMARK(BM_BreakerRejecting<BreakerKitexSpec>);

template <typename Spec>
void BM_Shed(benchmark::State& state) {
  const std::int64_t milli = state.range(0);
  run_requests(state, make_stage(Spec{.cpu = [milli] { return milli; }}));
}
BENCHMARK(BM_Shed<ShedGozeroSpec>)->ArgName("cpu")->Arg(100)->Arg(950);
BENCHMARK(BM_Shed<ShedKratosSpec>)->ArgName("cpu")->Arg(100)->Arg(950);

}  // namespace
}  // namespace tracetax
