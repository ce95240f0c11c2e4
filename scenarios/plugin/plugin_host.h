// Loads scenario plugins (plugin.h) and puts their kinds beside the built-in ones. A plugin stays
// loaded until the program ends: its functions are called as long as there are prepared scenarios.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/core/text/catalog.h"
#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

struct ScenarioPlugin {
  std::string file;    // as given
  std::string sha256;  // of its bytes
  std::string name;    // the kind
  std::string help;
  PrepareScenario prepare;
};

/// Usage error, beginning with "plugin 'FILE': ". It is one if the file is missing, is no shared
/// object for this machine, lacks the function, has another version of the interface, or if its
/// table is not as plugin.h says.
[[nodiscard]] Result<ScenarioPlugin> load_plugin(const std::string& file);

/// All kinds that a suite can name in this run.
class ScenarioKinds {
 public:
  /// The built-in ones and those of the plugins in `files`. All mistakes at once; a name that is
  /// taken is one.
  [[nodiscard]] static Result<ScenarioKinds> with_plugins(std::span<const std::string> files);

  ScenarioKinds(ScenarioKinds&&) = default;
  ScenarioKinds& operator=(ScenarioKinds&&) = default;

  /// Valid as long as this object.
  [[nodiscard]] std::span<const ScenarioEntry> entries() const { return entries_; }
  [[nodiscard]] std::span<const ScenarioPlugin> plugins() const { return plugins_; }

 private:
  explicit ScenarioKinds(std::vector<ScenarioPlugin> plugins);

  std::vector<ScenarioPlugin> plugins_;
  std::vector<ScenarioEntry> entries_;  // names are those in plugins_: moved, never copied
};

}  // namespace tracetax
