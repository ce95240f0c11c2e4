// The options that change a suite, the same for run, gate and calibrate. Without --effort, which
// says how many blocks to run and at how many to look, and so belongs to each command.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/cli/option_reader.h"
#include "harness/core/suite/suite_reader.h"

namespace tracetax {

/// Reads --only, --set, --seed and --plugin; what is wrong with one is noted.
void read_suite_options(const cxxopts::ParseResult& parsed, SuiteOverrides& overrides,
                        std::vector<std::string>& plugins, OptionMistakes& mistakes);

}  // namespace tracetax
