// Where a run takes place: the facts about machine, kernel and surroundings that a reader needs to
// judge its numbers, and the fingerprint that says whether two runs may be compared.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/run_result.h"

namespace tracetax {

/// Reads everything; takes 200 ms, in which it watches for stolen time. What cannot be read is
/// "unknown". Never fails.
[[nodiscard]] MachineFacts probe_machine();

/// sha256 over the facts that stay while the machine does: not over load, steal, CI or OTEL_*.
[[nodiscard]] std::string machine_fingerprint(const MachineFacts& facts);

/// The CI service that set the environment: "github", "gitlab", ..., "other", or empty.
[[nodiscard]] std::string ci_provider();

/// The commit that the CI service says it has checked out; empty: it says none.
[[nodiscard]] std::string ci_commit();

/// OTEL_* of the caller. Values that may hold credentials (headers, keys) are given as "(set)".
[[nodiscard]] std::map<std::string, std::string> otel_variables();

}  // namespace tracetax
