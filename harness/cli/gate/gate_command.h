// `tracetax gate`: a suite measured and judged, or a stored result judged again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"

namespace tracetax {

Result<ExitCode> gate_command(int argc, char** argv);

}  // namespace tracetax
