// Stage `handoff`: the rest of the chain runs on another thread while this one waits, as where a
// framework starts a goroutine per request and waits on a channel. Further hand-offs follow one
// after the other with nothing to do (a writer's, say): each is one switch there and one back. A
// thread costs more to switch to than a goroutine. Without a deadline; see timeout.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/engine/worker_pool.h"
#include "targets/request/stage.h"

namespace tracetax {

struct HandoffSpec {
  int times = 1;  // at least 1
  WorkerLimits workers = {};
};
/// Where the pool is full the request stays on the caller's thread.
[[nodiscard]] StagePointer make_stage(const HandoffSpec& spec);

}  // namespace tracetax
