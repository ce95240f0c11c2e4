// `tracetax measure [OPTION...] -- COMMAND`: makes a suite of a command, looks at the service,
// completes the suite with what was found, and runs it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// Exit codes as of run; with --budget as of gate.
[[nodiscard]] Result<ExitCode> measure_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_measure();

}  // namespace tracetax
