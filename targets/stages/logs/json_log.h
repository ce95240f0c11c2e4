// Stage `log`: go-zero's access log (rest/handler/loghandler.go), one JSON line per request with
// the caller, the duration and the ids of a span around it. The first 1024 bytes of the body are
// copied while the handler reads it, whether they are needed or not: they are for the dump of a
// request that failed.
//
// The caller is a constant: Go walks the stack for it (runtime.Caller), which has no counterpart
// here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include "targets/request/stage.h"

namespace tracetax {

struct JsonLogSpec {
  int fd = STDOUT_FILENO;
};
/// Slower than 500 ms: one more line of level "slow". 500 and above: level "error" and the request,
/// at most 1024 bytes of it.
[[nodiscard]] StagePointer make_stage(const JsonLogSpec& spec);

}  // namespace tracetax
