// Stage `timeout` as go-zero's: the rest of the chain runs on another thread and writes its answer
// into a buffer. The caller waits and copies the buffer. It gives up at the deadline with 503, or
// with 499 when its own caller has gone. Source: go-zero rest/handler/timeouthandler.go v1.10.3. As
// there, what was given up runs to its end, and a request for a websocket is not handed over.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/units.h"
#include "targets/engine/worker_pool.h"
#include "targets/request/stage.h"

namespace tracetax {

struct TimeoutSpec {
  Nanos deadline = std::chrono::seconds(3);  // 0: no time-out and no hand-off
  WorkerLimits workers = {};                 // 503 where the pool is full
};
/// The stages behind it may run on after their chain has answered, on a request of their own. They
/// must not set the content type to a part of the request. The stage's end waits for them.
[[nodiscard]] StagePointer make_stage(const TimeoutSpec& spec);

}  // namespace tracetax
