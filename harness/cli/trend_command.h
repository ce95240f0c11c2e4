// `tracetax trend DIR...`: many stored results over time, and the shifts in them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

/// Result: pass; fail if --fail-on-shift finds a recent shift for the worse. Error: baseline if no
/// result can be used.
[[nodiscard]] Result<ExitCode> trend_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_trend();

}  // namespace tracetax
