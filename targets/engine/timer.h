// Stage `timer`: a deadline that is armed before the rest of the chain and cancelled after it, as
// kratos sets one (1 s) on a request's context, and RPC clients one on a call's. Nothing waits for
// it but calls to other services, which see the nearest of those around them as
// Exchange::call_deadline. go-micro forgets to cancel: its timers stay armed until they are due.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "harness/core/text/units.h"
#include "targets/request/stage.h"

namespace tracetax {

struct TimerSpec {
  Nanos deadline = std::chrono::seconds(1);
  bool cancels = true;
  /// Per heap, of which a few threads share one: 50 k requests/s for 5 s. Beyond it requests go
  /// without a timer.
  std::size_t armed_max = 1 << 18;
};
[[nodiscard]] StagePointer make_stage(const TimerSpec& spec);

}  // namespace tracetax
