// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/suite_options.h"

#include <utility>

namespace tracetax {

std::vector<OptionSpec> suite_option_specs(const std::string& change) {
  return {
      {"only", "cells to run, 'target' or 'target/scenario'; * is any text", one_value("GLOB")},
      {"seed", "repeat the order and ids of an earlier run", one_value("N")},
      {"set", "change the suite: " + change, many_values("KEY=VALUE")},
      {"plugin", "a shared object with a scenario kind; may be repeated", many_values("FILE")},
      {"real", "measure frameworks themselves, where scripts/build-real built them"},
      {"emulated", "measure their emulations"},
      {"pair", "measure both, side by side"},
  };
}

OptionSpec label_option_spec() {
  return {"label", "what is measured: a commit or version (default: CI's commit)",
          one_value("TEXT")};
}

OptionSpec effort_option_spec(const std::string& what, std::optional<std::string> fallback) {
  return {"effort", "quick, ci, full or paper: " + what,
          one_of("EFFORT", {"quick", "ci", "full", "paper"}, std::move(fallback))};
}

void read_suite_name(OptionReader& reader, std::string& suite, std::string_view right) {
  if (reader.given("suite")) {
    suite = reader.text("suite");
  } else if (!right.empty()) {
    reader.mistake("SUITE", fmt::format("is missing; right is: {}", right));
  }
  if (reader.given("rest")) reader.mistake("SUITE", "one at a time");
}

void read_suite_options(OptionReader& reader, SuiteOptions& options) {
  options.out = reader.text("out");
  options.quiet = reader.given("quiet");
  options.label = reader.text("label");
  options.plugins = reader.texts("plugin");
  options.overrides.only = reader.text("only");
  options.overrides.set = reader.texts("set");
  constexpr std::pair<const char*, Frameworks> kFrameworks[] = {
      {"real", Frameworks::real}, {"emulated", Frameworks::emulated}, {"pair", Frameworks::pair}};
  for (const auto& [name, as] : kFrameworks) {
    if (!reader.given(name)) continue;
    if (options.overrides.frameworks.as != Frameworks::as_written)
      reader.mistake(fmt::format("--{}", name),
                     "does not go with another of --real, --emulated and --pair");
    options.overrides.frameworks.as = as;
  }
  reader.read("seed", options.overrides.seed, whole<std::uint64_t>(0, INT64_MAX));
}

std::optional<Nanos> read_longest(OptionReader& reader) {
  std::optional<Nanos> longest;
  reader.read("max-time", longest, parse_duration);
  if (longest && *longest <= Nanos{0})
    reader.mistake("--max-time", "is no time to measure in; right is 5m");
  return longest;
}

void refuse_options(OptionReader& reader, std::initializer_list<const char*> names,
                    std::string_view why) {
  for (const std::string_view name : names) {
    if (!reader.given(name)) continue;
    reader.mistake(name == "suite" ? "SUITE" : fmt::format("--{}", name), why);
  }
}

}  // namespace tracetax
