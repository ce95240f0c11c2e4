// One HTTP/1.1 request over a fresh connection, and what the answer says about connections and
// about where else to ask.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/load/session/scenario.h"
#include "harness/run/doctor/arm_look.h"

namespace tracetax {

/// Sends the first request of `scenario`, unsampled. Nothing if that is not plain HTTP/1.1, or no
/// answer came within the time. Blocks up to `within` and 100 ms to see whether the server closes.
[[nodiscard]] std::optional<HttpAnswer> look_at_answer(const Endpoint& endpoint,
                                                       const PreparedScenario& scenario,
                                                       Nanos within);

}  // namespace tracetax
