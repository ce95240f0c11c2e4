// `tracetax run SUITE`: measures, compares, reports. It gives no verdict; `tracetax gate` does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/check_line.h"
#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// Result: pass; invalid when a comparison was lost to void segments; interrupted with what was
/// measured saved. Error: nothing could be measured.
[[nodiscard]] Result<ExitCode> run_command(int argc, char** argv);
/// The same with what a look at the services has said; empty: it looks itself.
[[nodiscard]] Result<ExitCode> run_checked(int argc, char** argv, std::vector<CheckLine> checks);

[[nodiscard]] CommandLine declare_run();

}  // namespace tracetax
