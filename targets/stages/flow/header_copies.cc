// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/flow/header_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/field.hpp>
#include <utility>

#include "targets/request/header_map.h"

namespace tracetax {
namespace {

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
    copies.reserve(static_cast<std::size_t>(spec_.copies));
    for (int i = 0; i < spec_.copies; ++i) {
      copies.push_back(i == 0 ? header_map_of(*exchange.headers) : copies.back());
    }
    next(exchange);
    if (spec_.echoes)
      echo(copies.empty() ? header_map_of(*exchange.headers) : std::move(copies.back()), exchange);
  }

  std::string describe() const override {
    return fmt::format("hdrcopy: {} copies of the header map{}", spec_.copies,
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
