// Stage `log` of go-zero's zRPC (zrpc/internal/serverinterceptors/statinterceptor.go): the decoded
// request as JSON in one log line per call. Belongs behind the codec stage. Its metric is
// task_metric.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include "targets/request/stage.h"

namespace tracetax {

struct RpcLogSpec {
  int fd = STDOUT_FILENO;
};
/// Slower than 500 ms: level "slow".
[[nodiscard]] StagePointer make_stage(const RpcLogSpec& spec);

}  // namespace tracetax
