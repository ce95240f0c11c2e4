// go-zero's zRPC client. The facts stand in gozero_zrpc.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/service/framework.h"

namespace tracetax {

/// What the client's tracing interceptor makes of a call.
[[nodiscard]] TraceRecord gozero_client_record();

}  // namespace tracetax
