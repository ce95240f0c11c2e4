// The options that run, gate and calibrate share, and selftest in part. Without --effort, which
// says how many blocks to run and at how many to look, and so belongs to each command.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/suite/suite_reader.h"
#include "harness/core/text/option_reader.h"

namespace tracetax {

struct SuiteOptions {
  std::string suite;
  std::string out;
  SuiteOverrides overrides;
  std::vector<std::string> plugins;
  std::string label;
  bool quiet = false;
};

/// --only, --seed, --set, --plugin, --real, --emulated and --pair; `change` is an example of what
/// --set takes.
[[nodiscard]] std::vector<OptionSpec> suite_option_specs(const std::string& change);

/// --effort; `what` it means there, "10, 20, 40 or 60 blocks", and what holds without it.
[[nodiscard]] OptionSpec effort_option_spec(const std::string& what,
                                            std::optional<std::string> fallback = std::nullopt);

/// SUITE; `right` is a command line that has it, or empty where it may be missing.
void read_suite_name(OptionReader& reader, std::string& suite, std::string_view right);

/// --out, --quiet and those of suite_option_specs, as far as the command has them.
void read_suite_options(OptionReader& reader, SuiteOptions& options);

/// --label, of the commands whose results a history may be made of.
[[nodiscard]] OptionSpec label_option_spec();

/// --max-time, of the commands that have it.
[[nodiscard]] std::optional<Nanos> read_longest(OptionReader& reader);

/// Notes those of `names` that were given: "suite", and options without their dashes.
void refuse_options(OptionReader& reader, std::initializer_list<const char*> names,
                    std::string_view why);

}  // namespace tracetax
