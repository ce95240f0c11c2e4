// SPDX-License-Identifier: Apache-2.0
#include "targets/program/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/text/url_parts.h"

namespace tracetax {

Status take_json(std::string_view text, Values& values) {
  if (text.empty()) return {};
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return failure(ExitCode::usage, "the body is no JSON object");
  for (const auto& [name, value] : json.items()) {
    values.set(name, value.is_string()
                         ? value.get<std::string>()
                         : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return {};
}

void take_query(std::string_view query, Values& values) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    std::string spaced(pair);
    std::ranges::replace(spaced, '+', ' ');
    std::string name, value;
    if (equals == 0 || !decode_percent(std::string_view(spaced).substr(0, equals), name)) continue;
    const std::string_view rest =
        std::string_view(spaced).substr(std::min(equals + 1, spaced.size()));
    if (decode_percent(rest, value)) values.set(name, std::move(value));
  }
}

std::string query_of(const Values& values) {
  std::string query;
  for (const auto& [name, value] : values.all()) {
    if (!query.empty()) query += '&';
    append_percent(name, query);
    query += '=';
    append_percent(value, query);
  }
  return query;
}

void append_percent(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~');
    if (plain) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", byte);
    }
  }
}

}  // namespace tracetax
