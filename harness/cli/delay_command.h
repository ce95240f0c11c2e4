// `tracetax delay`: a relay that puts a distance between two programs. Suites start it as the
// service "delay".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// argv[0] is the command's name. SIGINT and SIGTERM are its normal end: pass. Error: wrong
/// options, or the port cannot be had.
[[nodiscard]] Result<ExitCode> delay_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_delay();

}  // namespace tracetax
