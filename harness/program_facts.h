// What holds for all commands and stands in no option: exit codes, environment, files. Data for the
// manual pages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/manual/manual_page.h"

namespace tracetax {

/// tracetax without a command: purpose and examples.
[[nodiscard]] CommandLine program_line();
[[nodiscard]] ManualSection exit_status_section();
/// Exit status, environment, files.
[[nodiscard]] std::vector<ManualSection> program_sections();

}  // namespace tracetax
