// `tracetax tail`: a tail sampler between services and the sink. Suites start it as the service
// "tail".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// argv[0] is the command's name. SIGINT and SIGTERM are its normal end: pass. Error: wrong
/// options, or a port cannot be had.
[[nodiscard]] Result<ExitCode> tail_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_tail();

}  // namespace tracetax
