// `tracetax list [targets|scenarios|samplers|formats|suites|services]`: the names that other
// commands take.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"

namespace tracetax {

[[nodiscard]] Result<ExitCode> list_command(int argc, char** argv);

}  // namespace tracetax
