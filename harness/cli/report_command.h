// `tracetax report RESULT.json --format F`: another view of a stored result. Nothing is measured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"

namespace tracetax {

[[nodiscard]] Result<ExitCode> report_command(int argc, char** argv);

}  // namespace tracetax
