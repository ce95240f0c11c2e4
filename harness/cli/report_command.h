// `tracetax report RESULT.json --format F`: another view of a stored result. Nothing is measured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

[[nodiscard]] Result<ExitCode> report_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_report();

}  // namespace tracetax
