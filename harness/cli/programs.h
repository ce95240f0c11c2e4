// Where this program and its companion are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/text/error.h"

namespace tracetax {

/// The running tracetax itself, as an absolute path.
[[nodiscard]] std::string tracetax_program();
/// tracetax-target: $TRACETAX_TARGET, else beside this program, else on PATH. Usage error if
/// nowhere.
[[nodiscard]] Result<std::string> target_program();
/// What tracetax-target prints for one flag: it is never linked in here, so it is asked.
[[nodiscard]] Result<std::string> ask_target_program(const char* flag);

}  // namespace tracetax
