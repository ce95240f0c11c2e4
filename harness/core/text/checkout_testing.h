// Where this checkout and its build folder lie, for tests that read files of theirs. Only
// checkout_testing.cc is compiled with these paths, so ccache finds all other objects in another
// checkout too.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tracetax {

std::string source_folder();
std::string build_folder();

}  // namespace tracetax
