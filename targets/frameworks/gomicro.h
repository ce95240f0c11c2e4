// What go-micro's targets have in common: the server and the tracing wrappers' record. The facts
// stand in gomicro.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/service/framework.h"

namespace tracetax {

[[nodiscard]] TraceRecord gomicro_record(SpanKind kind);

/// A server up to its handler.
[[nodiscard]] StageSpecs gomicro_server();

/// What a call of another service passes.
[[nodiscard]] StageSpecs gomicro_client();

[[nodiscard]] Framework make_gomicro();

}  // namespace tracetax
