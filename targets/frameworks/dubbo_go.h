// What dubbo-go's provider and consumer have in common. The facts stand in dubbo_go.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/service/framework.h"

namespace tracetax {

/// What the trace filter makes of a call that is answered, or of one that is made.
[[nodiscard]] TraceRecord dubbo_record(SpanKind kind);

}  // namespace tracetax
