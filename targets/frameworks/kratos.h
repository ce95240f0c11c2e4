// What kratos over HTTP and over gRPC have in common: tracing and the chain of middleware. The
// facts stand in kratos_http.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/service/framework.h"

namespace tracetax {

/// `minimal`: recovery only, as kratos-layout has it, and tracing.
/// Otherwise the documented chain: recovery, tracing, logging, metrics, metadata, rate limit,
/// validation.
[[nodiscard]] StageSpecs kratos_middleware(bool http, bool minimal);

/// What its tracing middleware makes of a call that is answered, or of one that is made.
[[nodiscard]] TraceRecord kratos_record(bool http, SpanKind kind);

}  // namespace tracetax
