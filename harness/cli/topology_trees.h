// What `tracetax list topologies --trees NAME` prints.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/text/error.h"

namespace tracetax {

/// The trees of spans of all ways through all routes of the front, and of the variants whose trees
/// differ. `path_or_name` as find_topology() takes it.
[[nodiscard]] Result<std::string> trees_of_topology(const std::string& path_or_name);

}  // namespace tracetax
