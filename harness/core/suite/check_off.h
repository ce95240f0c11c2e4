// An arm beside `off` that shows whether `off` is off: the whole tracing with nothing sampled.
// Variables that are believed to switch an SDK off are ignored by some (Go's knows no
// OTEL_SDK_DISABLED), and then every overhead is measured against tracing itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "harness/core/suite/suite.h"

namespace tracetax {

inline constexpr std::string_view kCheckOffArm = "on@0%";

/// `suite` with that arm, unless an arm of its own has the state `drop` or stands under that name.
/// What other traced arms override for a target, the last of them, holds here too.
[[nodiscard]] Suite with_check_off(Suite suite);

}  // namespace tracetax
