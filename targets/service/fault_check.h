// Whether a target can make a mistake that it is asked to make.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "targets/service/framework.h"
#include "targets/stages/application/work.h"
#include "targets/tracing/faults/faults.h"

namespace tracetax {

/// Usage error: a fault in calls or in spans inside others, for a target that has none. A target
/// that another one started makes what it can: the fault may be meant for its front.
[[nodiscard]] Status check_faults(const TracingFaults& faults, const Framework& framework,
                                  const WorkSpec& work);

}  // namespace tracetax
