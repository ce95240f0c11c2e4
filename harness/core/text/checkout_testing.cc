// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/checkout_testing.h"

namespace tracetax {

std::string source_folder() { return TRACETAX_SOURCE_DIR; }

std::string build_folder() { return TRACETAX_BINARY_DIR; }

}  // namespace tracetax
