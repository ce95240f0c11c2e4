// What a program runs in: a JVM, Node, an interpreter.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <span>
#include <string>

namespace tracetax {

/// The name of the first of these processes' programs that is a known runtime: "java", "node",
/// "python3.11", "dotnet", ... Empty if none is.
[[nodiscard]] std::string runtime_of(std::span<const pid_t> processes);

}  // namespace tracetax
