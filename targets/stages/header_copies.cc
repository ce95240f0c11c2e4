// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/header_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/field.hpp>
#include <unordered_map>
#include <utility>

#include "targets/stages/proto/header_map.pb.h"

namespace tracetax {
namespace {

/// As Go's http.Header: the values of one name together.
using HeaderMap = std::unordered_map<std::string, std::vector<std::string>>;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// "micro-id" becomes "Micro-Id".
std::string title_case(std::string_view name) {
  std::string title(name);
  bool starts_word = true;
  for (char& c : title) {
    c = starts_word ? upper(c) : lower(c);
    starts_word = c == '-';
  }
  return title;
}

HeaderMap map_of(const Exchange::Headers& headers) {
  HeaderMap map;
  for (const auto& field : headers) {
    const auto name = field.name_string();
    map[title_case({name.data(), name.size()})].emplace_back(field.value());
  }
  return map;
}

/// Through the wire form, as metadata crosses to another process.
HeaderMap reencode(const HeaderMap& map) {
  headers::HeaderMap proto;
  for (const auto& [name, values] : map) {
    headers::HeaderValues& list = (*proto.mutable_headers())[name];
    for (const std::string& value : values) list.add_values(value);
  }
  std::string bytes;
  proto.SerializeToString(&bytes);
  headers::HeaderMap parsed;
  HeaderMap result;
  if (!parsed.ParseFromString(bytes)) return result;
  for (auto& [name, list] : *parsed.mutable_headers()) {
    auto& values = result[name];
    for (std::string& value : *list.mutable_values()) values.push_back(std::move(value));
  }
  return result;
}

/// An answer has these of its own, or must not have them.
bool frames_message(std::string_view name) {
  using enum boost::beast::http::field;
  constexpr std::array kFraming{
      content_length, transfer_encoding, connection, keep_alive, date, content_type,
      expect,         upgrade,           te,         trailer,    host};
  const auto field = boost::beast::http::string_to_field({name.data(), name.size()});
  return std::ranges::find(kFraming, field) != kFraming.end();
}

class HeaderCopiesStage final : public Stage {
 public:
  explicit HeaderCopiesStage(const HeaderCopiesSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next next) const override {
    std::vector<HeaderMap> copies;
    copies.reserve(static_cast<std::size_t>(spec_.copies) + 1);
    for (int i = 0; i < spec_.copies; ++i) {
      copies.push_back(i == 0 ? map_of(*exchange.headers) : copies.back());
    }
    if (spec_.reencodes)
      copies.push_back(reencode(copies.empty() ? map_of(*exchange.headers) : copies.back()));
    next(exchange);
    if (spec_.echoes)
      echo(copies.empty() ? map_of(*exchange.headers) : std::move(copies.back()), exchange);
  }

  std::string describe() const override {
    return fmt::format("hdrcopy: {} copies of the header map{}{}", spec_.copies,
                       spec_.reencodes ? ", written and read as protobuf" : "",
                       spec_.echoes ? ", all headers sent back" : "");
  }

 private:
  static void echo(HeaderMap map, Exchange& exchange) {
    for (auto& [name, values] : map) {
      if (frames_message(name)) continue;
      for (std::string& value : values) exchange.answer_headers.push_back({name, std::move(value)});
    }
  }

  HeaderCopiesSpec spec_;
};

}  // namespace

StagePointer make_stage(const HeaderCopiesSpec& spec) {
  return std::make_unique<HeaderCopiesStage>(spec);
}

}  // namespace tracetax
