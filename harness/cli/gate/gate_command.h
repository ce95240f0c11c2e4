// `tracetax gate`: a suite measured and judged, or a stored result judged again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/check_line.h"
#include "harness/core/text/error.h"

namespace tracetax {

Result<ExitCode> gate_command(int argc, char** argv);
/// The same with what a look at the services has said; empty: it looks itself.
[[nodiscard]] Result<ExitCode> gate_checked(int argc, char** argv, std::vector<CheckLine> checks);

}  // namespace tracetax
