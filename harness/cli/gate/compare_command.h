// `tracetax compare BEFORE.json AFTER.json`: the stored overheads of two runs against each other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// Result: pass if no arm regressed, fail if one did, inconclusive if it cannot be told. Error:
/// baseline, with every difference, if the runs may not be compared or cannot be read.
[[nodiscard]] Result<ExitCode> compare_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_compare();

}  // namespace tracetax
