// Typed reading of environment variables by the OpenTelemetry rules: empty is unset; a value that
// cannot be read is not fatal, it gives a warning and the default. What the variables mean is
// config.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/text/error.h"

namespace tracetax {

/// A snapshot of the variables; tests make their own.
using EnvironmentMap = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] EnvironmentMap process_environment();

using KeyValueList = std::vector<std::pair<std::string, std::string>>;
/// "key=value,key=value" with percent-encoded values (W3C Baggage form, as OTel's lists are).
/// Spaces around keys and values are dropped. One bad member spoils the list.
[[nodiscard]] Result<KeyValueList> parse_key_value_list(std::string_view text);

/// The members of "a, b" without the spaces around them; empty ones are left out.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

/// Collects a warning for every value that it had to replace by a default.
class EnvReader {
 public:
  explicit EnvReader(const EnvironmentMap& variables) : variables_(variables) {}

  /// The value, spaces trimmed; nothing when unset or empty.
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::string text_or(std::string_view name, std::string_view fallback) const;
  /// "true" in any case is true; unset, empty and "false" are false; the rest is false with a
  /// warning.
  [[nodiscard]] bool flag(std::string_view name);
  /// A whole number from `least` to `greatest`.
  [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t fallback,
                                    std::int64_t least, std::int64_t greatest);
  /// A whole number of milliseconds from 1 ms to 1 hour, as OTel writes durations.
  [[nodiscard]] std::chrono::milliseconds milliseconds(std::string_view name,
                                                       std::chrono::milliseconds fallback);
  [[nodiscard]] KeyValueList key_values(std::string_view name);

  /// Every name that was asked for.
  [[nodiscard]] const std::set<std::string, std::less<>>& asked() const { return asked_; }

  void warn(std::string message) { warnings_.push_back(std::move(message)); }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  const EnvironmentMap& variables_;
  mutable std::set<std::string, std::less<>> asked_;
  std::vector<std::string> warnings_;
};

}  // namespace tracetax
