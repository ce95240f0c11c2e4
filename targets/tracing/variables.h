// The variables of OpenTelemetry that this SDK knows, one row each: what it reads, and what it does
// not support, so that none is ignored in silence. docs/tracing-sdk.md shows this table.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "targets/tracing/env.h"

namespace tracetax {

enum class VariableUse {
  read,
  warned,  // set, it gets a warning: it is of another signal or another SDK
  refused  // set, it is an error: going on without it would measure something else
};

struct Variable {
  /// With "[TRACES_]" it is two, of which the longer wins; with a "*" at its end, all that begin
  /// so.
  std::string_view name;
  VariableUse use = VariableUse::read;
  std::string_view what;  // its values, or why it is not supported
};
[[nodiscard]] std::span<const Variable> sdk_variables();

/// The names that a row stands for; of one with a "*", what is before it.
[[nodiscard]] std::vector<std::string> names_of(const Variable& variable);

/// Warns of every OTEL_* variable that is set and neither read nor known, with a suggestion, and of
/// TRACETAX_* ones that look like a slip of the pen. Error: one that is refused.
[[nodiscard]] Status check_variables(const EnvironmentMap& variables, EnvReader& env);

/// The table in markdown.
[[nodiscard]] std::string variables_table();

}  // namespace tracetax
