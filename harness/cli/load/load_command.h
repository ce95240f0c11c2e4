// `tracetax load URL`: a load generator by itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"

namespace tracetax {

/// argv[0] is the command's name. Result: the exit code (verdict_of() in load_summary.h, or
/// interrupted). Error: nothing could be measured.
[[nodiscard]] Result<ExitCode> load_command(int argc, char** argv);

}  // namespace tracetax
