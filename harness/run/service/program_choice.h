// Which program a service is, where several would do.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

/// The path of the first of `programs` that is there: a name in PATH, a path in which * stands for
/// anything ("/usr/lib/postgresql/*/bin/postgres"; of several the last one), "$NAME": what that
/// variable holds, or "{real}/...": in real_folder(). Usage error that names them all, and says
/// `install`.
[[nodiscard]] Result<std::string> choose_program(const std::vector<std::string>& programs,
                                                 const std::string& install);

}  // namespace tracetax
