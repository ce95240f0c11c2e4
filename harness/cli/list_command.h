// `tracetax list [targets|scenarios|samplers|formats|suites|services]`: the names that other
// commands take.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

[[nodiscard]] Result<ExitCode> list_command(int argc, char** argv);

[[nodiscard]] CommandLine declare_list();

/// What it can list: "targets", "suites", ...
[[nodiscard]] std::vector<std::string> listing_names();
/// The names that `tracetax list WHAT` shows, without plugins; none if they cannot be told.
[[nodiscard]] std::vector<std::string> listed_names(std::string_view what);

}  // namespace tracetax
