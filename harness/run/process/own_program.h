// Where the running tracetax is, and the real services and tools that were built beside it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tracetax {

/// The running tracetax itself, as an absolute path.
[[nodiscard]] std::string tracetax_program();
/// The folder of the real services that scripts/build-real builds: $TRACETAX_REAL, else `real`
/// beside the folder above this program's (build/test/bin: build/real). It may not be there.
[[nodiscard]] std::string real_folder();

}  // namespace tracetax
