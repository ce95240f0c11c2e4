// What limiters, the latch, timers and hand-offs cost per request.
// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/latch.h"
#include "targets/engine/timer.h"
#include "targets/stages/flow/handoff.h"
#include "targets/stages/flow/timeout.h"
#include "targets/stages/govern/limit_climb.h"
#include "targets/stages/govern/limit_qps.h"
#include "targets/stages/govern/limit_token.h"
#include "targets/stages/govern/limit_tps.h"
#include "targets/stages/stage_loop_fixture.h"

namespace tracetax {
namespace {

template <typename Spec>
void BM_Guard(benchmark::State& state) {
  run_requests(state, make_stage(Spec{}));
}
BENCHMARK(BM_Guard<LatchSpec>);
BENCHMARK(BM_Guard<LimitTokenSpec>);
BENCHMARK(BM_Guard<LimitQpsSpec>);
BENCHMARK(BM_Guard<LimitTpsSpec>);
BENCHMARK(BM_Guard<LimitClimbSpec>);
BENCHMARK(BM_Guard<TimerSpec>);

// Two threads take turns, so wall clock and CPU of the process differ; both are shown.
void BM_Handoff(benchmark::State& state) {
  run_requests(state, make_stage(HandoffSpec{.times = static_cast<int>(state.range(0))}));
}
BENCHMARK(BM_Handoff)->Arg(1)->Arg(2)->MeasureProcessCPUTime()->UseRealTime();

void BM_Timeout(benchmark::State& state) { run_requests(state, make_stage(TimeoutSpec{})); }
BENCHMARK(BM_Timeout)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace tracetax
