// Stage `handoff`: the rest of the chain runs in a coroutine that waits its turn in this thread's
// queue, as where a framework starts a goroutine per request and waits on a channel. Further
// hand-offs follow one after the other with nothing to do (a writer's, say): each is one switch
// there and one back. No thread is switched to: with one CPU Go does not switch either. What blocks
// in there holds up the thread. Without a deadline; see timeout.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"

namespace tracetax {

struct HandoffSpec {
  int times = 1;  // at least 1
};
[[nodiscard]] StagePointer make_stage(const HandoffSpec& spec);

}  // namespace tracetax
