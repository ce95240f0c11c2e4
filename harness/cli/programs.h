// The programs that tracetax asks: its companion, and real services.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

/// tracetax-target: $TRACETAX_TARGET, else beside this program, else on PATH. Usage error if
/// nowhere.
[[nodiscard]] Result<std::string> target_program();
/// The names of the real services that are in real_folder(), sorted.
[[nodiscard]] std::vector<std::string> built_real_services();
/// What one of them says with --describe. Usage error, naming scripts/build-real, if it is not
/// there or says nothing.
[[nodiscard]] Result<std::string> ask_real_service(const std::string& name);
/// What tracetax-target prints for one flag: it is never linked in here, so it is asked.
[[nodiscard]] Result<std::string> ask_target_program(const char* flag);

}  // namespace tracetax
