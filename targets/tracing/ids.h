// Random trace and span ids for spans made here. One generator per thread, seeded from the kernel:
// no lock, and no two processes or threads with the same sequence. Not for secrets.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/request/trace_context.h"

namespace tracetax {

/// Never all zero.
[[nodiscard]] TraceId random_trace_id();
[[nodiscard]] SpanId random_span_id();

}  // namespace tracetax
