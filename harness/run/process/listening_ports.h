// On which TCP ports some processes listen, as /proc tells.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <span>
#include <vector>

namespace tracetax {

/// Ascending, without doubles. Processes in another network namespace than ours are left out: their
/// ports are not ours. Empty too where /proc does not let us look.
[[nodiscard]] std::vector<int> listening_ports(std::span<const pid_t> processes);

/// How many descriptors the processes have open; what cannot be looked at counts as none.
[[nodiscard]] std::size_t open_descriptors(std::span<const pid_t> processes);

}  // namespace tracetax
