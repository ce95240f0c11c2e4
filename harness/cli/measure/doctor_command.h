// `tracetax doctor SUITE | [OPTION...] -- COMMAND`: looks at each arm for some seconds and says
// what is not right and what would be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// pass: nothing is refused; invalid: a run would be of no use.
[[nodiscard]] Result<ExitCode> doctor_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_doctor();

}  // namespace tracetax
