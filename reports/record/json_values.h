// Small values on their way into and out of result.json: numbers that may be missing, seeds,
// counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// The number, or null if it is not finite: what was not measured is never 0.
[[nodiscard]] Json number_or_null(double value);
template <typename T>
[[nodiscard]] Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
/// Null for an empty text.
[[nodiscard]] Json text_or_null(const std::string& text);
template <typename Map>
[[nodiscard]] Json map_to_json(const Map& map) {
  Json json = Json::object();
  for (const auto& [key, value] : map) json[key] = value;
  return json;
}

/// Seeds have 64 bits, and many JSON readers round whole numbers above 2^53: they are written as
/// text.
[[nodiscard]] std::string seed_text(std::uint64_t seed);
[[nodiscard]] Result<std::uint64_t> parse_seed(std::string_view text);

/// What number_or_null wrote: NaN for null. A number that is absent or of another type is a
/// mistake.
[[nodiscard]] double read_number(JsonFields& fields, std::string_view key);
[[nodiscard]] std::uint64_t read_count(JsonFields& fields, std::string_view key);
[[nodiscard]] int read_index(JsonFields& fields, std::string_view key, int most);
[[nodiscard]] std::string read_text(JsonFields& fields, std::string_view key);
[[nodiscard]] std::map<std::string, std::uint64_t> read_counts(JsonFields& fields,
                                                               std::string_view key);
[[nodiscard]] std::uint64_t read_seed(JsonFields& fields, std::string_view key);

}  // namespace tracetax
