// Which tracetax this is: version, git revision, compiler, build type.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/run_result.h"

namespace tracetax {

[[nodiscard]] ToolFacts tool_facts();

}  // namespace tracetax
