// `tracetax hist LOG...`: HdrHistogram logs, of any tool, read, merged, compared and shown.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

[[nodiscard]] CommandLine declare_hist();
[[nodiscard]] Result<ExitCode> hist_command(int argc, char** argv);

}  // namespace tracetax
