// The limits that a control group puts on this process, version 1 or 2, and how often it was held
// back by them. Reads files only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tracetax {

struct CgroupLimits {
  std::string cpu_max = "unknown";     // "max", or "quota period" in microseconds
  std::string memory_max = "unknown";  // "max", or bytes
};

/// The nearest limits above this process, "max" if none binds it. `root` is where the file systems
/// are found ("" in production), so that a test can show both versions.
[[nodiscard]] CgroupLimits cgroup_limits(const std::string& root = "");

/// Periods in which this process's group was throttled, since it exists. Nothing if not told.
[[nodiscard]] std::optional<std::uint64_t> cgroup_throttled(const std::string& root = "");

}  // namespace tracetax
