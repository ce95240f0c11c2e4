// SPDX-License-Identifier: Apache-2.0
#include "reports/record/json_values.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "harness/core/text/quote.h"

namespace tracetax {

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string seed_text(std::uint64_t seed) { return std::to_string(seed); }

Result<std::uint64_t> parse_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seed);
  if (error != std::errc{} || stopped != end) {
    return failure(
        ExitCode::usage,
        fmt::format("{} is no seed: a whole number from 0 to 2^64 - 1, as text", quote(text)));
  }
  return seed;
}

double read_number(JsonFields& fields, std::string_view key) {
  constexpr double kMost = std::numeric_limits<double>::max();
  return fields.number(key, -kMost, kMost).value_or(std::numeric_limits<double>::quiet_NaN());
}

std::uint64_t read_count(JsonFields& fields, std::string_view key) {
  fields.require(key, "a whole number");
  return fields.unsigned_integer(key).value_or(0);
}

int read_index(JsonFields& fields, std::string_view key, int most) {
  fields.require(key, "a whole number");
  return static_cast<int>(fields.integer(key, 0, most).value_or(0));
}

std::string read_text(JsonFields& fields, std::string_view key) {
  return fields.text(key).value_or("");
}

std::map<std::string, std::uint64_t> read_counts(JsonFields& fields, std::string_view key) {
  std::map<std::string, std::uint64_t> counts;
  const Json* object = fields.object(key);
  if (object == nullptr) return counts;
  JsonFields inner(*object, fields.pointer_to(key), fields.mistakes());
  for (const auto& [name, value] : object->items()) {
    counts[name] = inner.unsigned_integer(name).value_or(0);
  }
  return counts;
}

std::uint64_t read_seed(JsonFields& fields, std::string_view key) {
  fields.require(key, "a seed, such as \"42\"");
  return fields.parsed(key, parse_seed).value_or(0);
}

}  // namespace tracetax
