// `tracetax load URL`: a load generator by itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"

namespace tracetax {

/// argv[0] is the command's name. Result: the exit code (pass, invalid when no request was answered
/// as expected or more than 0.1 % were not, interrupted). Error: nothing could be measured.
[[nodiscard]] Result<ExitCode> load_command(int argc, char** argv);

}  // namespace tracetax
