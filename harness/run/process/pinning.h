// Who runs on which CPUs: lists as taskset writes them, and the automatic division between the
// driver (with the sink) and the target.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace tracetax {

using CpuList = std::vector<int>;  // ascending, without doubles; empty = not pinned

/// "0", "0-3,6", "7,1". Error (usage) on anything else, on reversed ranges and on CPUs above 1023.
[[nodiscard]] Result<CpuList> parse_cpu_list(std::string_view text);
/// The shortest such text; empty for an empty list.
[[nodiscard]] std::string format_cpu_list(const CpuList& cpus);

/// Those in both.
[[nodiscard]] CpuList shared_cpus(const CpuList& one, const CpuList& other);

struct PinningChoice {
  CpuList driver, target;             // both empty: not pinned
  std::vector<std::string> warnings;  // about the run, for the report
};

/// Divides the `allowed` CPUs. `siblings[i]` are the hardware threads of the core of allowed[i],
/// itself included (one entry each where the machine does not tell). The driver gets the first
/// cores, one hardware thread per driver thread. The target gets every CPU of all other cores. If
/// there is one core for both, its hardware threads are divided, with a warning. If there is one
/// CPU, nobody is pinned, with a warning.
[[nodiscard]] PinningChoice divide_cpus(const CpuList& allowed,
                                        const std::vector<CpuList>& siblings, int driver_threads);

/// What the suite asks for, the rest divided automatically among what this process may use. Error
/// (usage) if the suite names a CPU that it may not use.
[[nodiscard]] Result<PinningChoice> choose_pinning(const Pinning& asked, int driver_threads);

/// Pins the calling thread, and so every thread that it starts from now on. No-op for an empty
/// list.
[[nodiscard]] Status pin_this_thread(const CpuList& cpus);

/// CPUs that the calling thread may use.
[[nodiscard]] CpuList allowed_cpus();

}  // namespace tracetax
