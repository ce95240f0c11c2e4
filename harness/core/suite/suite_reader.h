// Reads suite files. Whatever is wrong with one is found here and told at once; what comes out can
// be trusted. Which emulated services and scenario kinds exist is known only to their catalogs and
// checked there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/files/suite_files.h"
#include "harness/core/gate/effort.h"
#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"
#include "harness/core/suite/target_reader.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// What the command line changes about a suite. `set` goes before `effort`, if both name the
/// blocks.
struct SuiteOverrides {
  std::vector<std::string> set = {};  // "load.rate=2k/s": see JsonSource::set
  std::optional<Effort> effort = {};
  std::string only = {};  // glob over "target" or "target/scenario"; empty: all cells
  std::optional<std::uint64_t> seed = {};
  FrameworkChoice frameworks = {};
};

/// What only catalogs know, asked while mistakes can still be told with their line and together
/// with the others. The suite may be wrong already: then what was read of it is there. Error:
/// something else than the suite is in the way.
using CheckSuite = std::function<Status(Suite&, Mistakes&)>;

/// `path_or_name` as find_suite takes it. Errors are usage errors, one line per mistake:
/// "file:line: load.rate: what is wrong; what would be right".
[[nodiscard]] Result<Suite> read_suite(const std::string& path_or_name,
                                       const SuiteOverrides& overrides,
                                       const CheckSuite& check = nullptr);
[[nodiscard]] Result<Suite> parse_suite(std::string_view text, std::string_view file_name,
                                        const SuiteOverrides& overrides,
                                        const CheckSuite& check = nullptr);

}  // namespace tracetax
