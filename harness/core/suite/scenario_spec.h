// The part of a suite that says how requests are made.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/request/context_format.h"

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
  // In which its requests tell their context to a target whose caller samples. Never empty.
  ContextFormats context{ContextFormat::w3c};
  std::optional<int> connections{};  // unset: the load's
  std::string written_as{};          // its name in the file, where a matrix makes many of one
};

/// What a kind of scenario says about its requests, for those who report on them.
struct ScenarioFacts {
  bool is_http = false;  // HTTP for its own sake; all others are calls of some RPC protocol
  /// Bytes of each request that carry the trace context, as the protocol writes it, before HPACK; 0
  /// where it has no place for one, nothing where that is not known.
  std::optional<int> context_bytes{};
  std::optional<int> spans_carried{};  // OTLP: in each request; nothing where requests are no spans
};
using DescribeScenario = ScenarioFacts (*)(const ScenarioSpec& spec);

}  // namespace tracetax
