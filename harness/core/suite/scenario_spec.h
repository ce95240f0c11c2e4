// The part of a suite that says how requests are made.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tracetax {

using Json = nlohmann::ordered_json;

/// How requests are made: `kind` names a scenario of the catalog, `options` is its own part of the
/// file.
struct ScenarioSpec {
  std::string name;
  std::string kind = "http";
  Json options = Json::object();
  std::string folder;  // of the suite file: where its relative paths begin; may be empty
  std::vector<std::string> targets{};  // which it is for; empty: all
};

}  // namespace tracetax
