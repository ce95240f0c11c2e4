// `tracetax init [OPTION...] [-- COMMAND]`: writes the suite that `measure` would run. Asks on a
// terminal for what was not given.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

[[nodiscard]] Result<ExitCode> init_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_init();

}  // namespace tracetax
