// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_only.h"

#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <vector>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

bool matches(const std::string& glob, const std::string& name) {
  return fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

template <typename Spec>
std::string names_of(const std::vector<Spec>& specs) {
  std::vector<std::string> names;
  for (const Spec& spec : specs) names.push_back(spec.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

bool has_cell(const Suite& suite) {
  return std::ranges::any_of(suite.targets, [&](const TargetSpec& target) {
    return std::ranges::any_of(suite.scenarios,
                               [&](const auto& scenario) { return is_for(scenario, target); });
  });
}

// What is left names nothing that went: the suite is written into the result and read from there
// again.
void drop_what_fits_nothing(Suite& suite) {
  const auto gone = [&](const std::string& name) {
    return std::ranges::find(suite.targets, name, &TargetSpec::name) == suite.targets.end();
  };
  std::erase_if(suite.scenarios, [&](const ScenarioSpec& scenario) {
    return !scenario.targets.empty() && std::ranges::all_of(scenario.targets, gone);
  });
  for (ScenarioSpec& scenario : suite.scenarios) std::erase_if(scenario.targets, gone);
  std::erase_if(suite.targets, [&](const TargetSpec& target) {
    return std::ranges::none_of(suite.scenarios,
                                [&](const auto& scenario) { return is_for(scenario, target); });
  });
  for (ArmSpec& arm : suite.arms) {
    std::erase_if(arm.per_target, [&](const auto& entry) { return gone(entry.first); });
  }
}

}  // namespace

void keep_only(Suite& suite, const std::string& only, Mistakes& mistakes) {
  const auto slash = only.find('/');
  const std::string target_glob = only.substr(0, slash);
  const std::string scenario_glob = slash == only.npos ? "*" : only.substr(slash + 1);
  const Suite all = suite;
  std::erase_if(suite.targets, [&](const auto& target) {
    return !matches(target_glob, target.name) &&
           (target.pair.empty() || !matches(target_glob, target.pair));
  });
  std::erase_if(suite.scenarios,
                [&](const auto& scenario) { return !matches(scenario_glob, scenario.name); });
  if (!has_cell(suite)) {
    mistakes.add_elsewhere(
        fmt::format("--only {}: no cell is called so; targets: {}; scenarios: {}", quote(only),
                    names_of(all.targets), names_of(all.scenarios)));
    return;
  }
  drop_what_fits_nothing(suite);
}

}  // namespace tracetax
