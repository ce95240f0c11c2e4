// What Tars' server and client have in common. The facts stand in tars_go.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/service/framework.h"

namespace tracetax {

/// What the filter makes of a call that is answered, or of one that is made.
[[nodiscard]] TraceRecord tars_record(SpanKind kind);

}  // namespace tracetax
