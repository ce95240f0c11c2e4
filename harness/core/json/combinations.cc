// SPDX-License-Identifier: Apache-2.0
#include "harness/core/json/combinations.h"

#include <algorithm>
#include <utility>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

/// "http/protobuf" -> "http-protobuf": fit for a name; whether it is one is checked later.
std::string in_name(const JsonSource::Json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  std::ranges::replace(text, '/', '-');
  return text;
}

}  // namespace

std::vector<Combination> combinations(const JsonSource::Json& matrix, const std::string& pointer,
                                      std::size_t most,
                                      const std::vector<std::string_view>& reserved,
                                      Mistakes& mistakes) {
  constexpr std::string_view kRight = R"(write {"spans": [1, 100], "compression": ["none"]})";
  std::vector<Combination> all{{}};
  if (!matrix.is_object() || matrix.empty()) {
    mistakes.add(pointer, fmt::format("expected values by key, found {}; {}",
                                      matrix.is_object() ? "none" : describe_json(matrix), kRight));
    return {};
  }
  for (const auto& [key, values] : matrix.items()) {
    const std::string place = pointer + '/' + pointer_step(key);
    const bool is_reserved = std::ranges::find(reserved, key) != reserved.end();
    if (is_reserved)
      mistakes.add(place, fmt::format("{} is the same in all of a matrix", quote(key)));
    const auto is_value = [](const JsonSource::Json& value) {
      return value.is_primitive() && !value.is_null();
    };
    const bool right =
        values.is_array() && !values.empty() && std::ranges::all_of(values, is_value);
    if (!right)
      mistakes.add(place, fmt::format("expected a list of texts, numbers or truths; {}", kRight));
    if (right && all.size() * values.size() > most)
      mistakes.add(pointer, fmt::format("makes more than {} combinations", most));
    if (is_reserved || !right || all.size() * values.size() > most) return {};
    std::vector<Combination> longer;
    for (const Combination& before : all) {
      for (const JsonSource::Json& value : values) {
        Combination& one = longer.emplace_back(before);
        one.name += '-' + in_name(value);
        one.values[key] = value;
      }
    }
    all = std::move(longer);
  }
  return all;
}

}  // namespace tracetax
