// `tracetax sink`: an OTLP receiver by itself, or (--control) the part of a run that the runner
// starts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// argv[0] is the command's name. SIGINT and SIGTERM are the normal end of a sink by itself: pass.
/// Error: wrong options, or the port cannot be had.
[[nodiscard]] Result<ExitCode> sink_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_sink();

}  // namespace tracetax
