// `tracetax run SUITE`: measures, compares, reports. It gives no verdict; `tracetax gate` does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"

namespace tracetax {

/// Result: pass; invalid when a comparison was lost to void segments; interrupted with what was
/// measured saved. Error: nothing could be measured.
[[nodiscard]] Result<ExitCode> run_command(int argc, char** argv);

}  // namespace tracetax
