// `tracetax calibrate SUITE`: off measured against itself, and what that says about gates here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// Result: pass; invalid when a cell gave nothing; interrupted, and then nothing is saved. Error:
/// nothing could be measured, or the file to save into belongs to another program.
[[nodiscard]] Result<ExitCode> calibrate_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_calibrate();

}  // namespace tracetax
