// The targets of a suite: what stands under "targets". Part of suite_reader.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// Reads the object `targets` at `pointer`; what is wrong goes to `mistakes`.
[[nodiscard]] std::vector<TargetSpec> read_targets(const Json& targets, const std::string& pointer,
                                                   Mistakes& mistakes);

inline constexpr int kMostSpansPerRequest = 10'000;
inline constexpr std::string_view kReadyExample =
    "the URL that answers once it runs, such as \"http://127.0.0.1:{port}/healthz\"";

/// The rules for "ready", in a suite and in a description: what it looks like, and that something
/// tells a command's program the port that is then probed.
[[nodiscard]] Status check_ready_url(std::string_view url);
[[nodiscard]] Status check_port_is_told(std::string_view ready,
                                        const std::vector<std::string>& command,
                                        const Environment& env);
[[nodiscard]] Status check_port_is_told(const TargetSpec& target);

}  // namespace tracetax
