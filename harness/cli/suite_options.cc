// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/suite_options.h"

namespace tracetax {

void read_suite_options(const cxxopts::ParseResult& parsed, SuiteOverrides& overrides,
                        std::vector<std::string>& plugins, OptionMistakes& mistakes) {
  using Texts = std::vector<std::string>;
  if (parsed.count("only") != 0) overrides.only = parsed["only"].as<std::string>();
  if (parsed.count("set") != 0) overrides.set = parsed["set"].as<Texts>();
  if (parsed.count("plugin") != 0) plugins = parsed["plugin"].as<Texts>();
  if (parsed.count("seed") != 0) {
    const auto seed = parse_whole(parsed["seed"].as<std::string>(), 0, INT64_MAX);
    overrides.seed = static_cast<std::uint64_t>(mistakes.take("--seed", seed));
  }
}

}  // namespace tracetax
