// Stage `work`: a known cost injected before the handler, for checking that reports recover it. CPU is
// burnt and measured on the thread's own clock; nothing sleeps.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/units.h"
#include "targets/stages/stage.h"

namespace tracetax {

struct WorkSpec {
  Nanos per_sampled{0};  // when the incoming traceparent has the sampled flag, in every tracing state
  Nanos per_request{0};
};
[[nodiscard]] StagePointer make_stage(const WorkSpec& spec);

}  // namespace tracetax
