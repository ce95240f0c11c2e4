// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/value_text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

constexpr std::size_t kValueFileMax = 1024 * 1024;

std::string escaped(std::string_view value, Escape escape) {
  std::string out;
  switch (escape) {
    case Escape::none:
      return std::string(value);
    case Escape::path:
      for (const char c : value) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                           std::string_view{"-._~"}.find(c) != std::string_view::npos;
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
      }
      return out;
    case Escape::json:
      out = nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      return out.substr(1, out.size() - 2);
  }
  return out;
}

Result<std::string> from_environment(const std::string& name) {
  if (const char* value = std::getenv(name.c_str())) return std::string(value);
  return failure(ExitCode::usage, fmt::format("the environment has no variable {}", quote(name)));
}

/// Without the line's end that editors put behind a token.
Result<std::string> from_file(const std::string& path, const std::string& folder) {
  auto text = read_file((std::filesystem::path(folder) / path).string(), kValueFileMax);
  if (!text) return text;
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  return text;
}

}  // namespace

bool ValueText::takes_data() const {
  return std::ranges::any_of(pieces, [](const Piece& piece) { return piece.field.has_value(); });
}

bool ValueText::empty() const {
  return std::ranges::all_of(pieces,
                             [](const Piece& piece) { return piece.text.empty() && !piece.field; });
}

Result<std::string> ValueText::filled(const DataRows* data, const DataRow* row) const {
  std::string text;
  for (const Piece& piece : pieces) {
    text += piece.text;
    if (!piece.field) continue;
    const std::optional<std::string>& value = row->values[*piece.field];
    if (!value) {
      return failure(ExitCode::usage, fmt::format("{}:{}: has no field {}", data->file, row->line,
                                                  quote(data->fields[*piece.field])));
    }
    text += escaped(*value, escape);
  }
  return text;
}

Result<ValueText> parse_value_text(std::string_view text, const ValueSources& sources,
                                   Escape escape) {
  ValueText out;
  out.written = text;
  out.escape = escape;
  out.pieces.emplace_back();
  while (!text.empty()) {
    const std::size_t at = std::min(text.find("${"), text.size());
    const std::string_view plain = text.substr(0, at);
    out.pieces.back().text += plain;
    text.remove_prefix(at);
    if (text.empty()) break;
    if (plain.ends_with('$')) {
      out.pieces.back().text += '{';
      text.remove_prefix(2);
      continue;
    }
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) {
      return failure(ExitCode::usage,
                     fmt::format("the brace of {} is not closed; a plain ${{ is written $${{",
                                 quote(text.substr(0, 20))));
    }
    const std::string name(text.substr(2, close - 2));
    text.remove_prefix(close + 1);
    if (name.starts_with("env:") || name.starts_with("file:")) {
      const auto value = name.starts_with("env:") ? from_environment(name.substr(4))
                                                  : from_file(name.substr(5), sources.folder);
      if (!value) return failure(value.error().within(fmt::format("${{{}}}", name)));
      out.pieces.back().text += escaped(*value, escape);
    } else if (sources.data == nullptr) {
      return failure(
          ExitCode::usage,
          fmt::format("${{{}}}: nothing stands for it, for there is no \"data\"; a variable is "
                      "${{env:{}}}, a plain ${{ is written $${{",
                      printable(name, 40), printable(name, 40)));
    } else {
      const auto field = sources.data->field(name);
      if (!field) return failure(field.error().within(fmt::format("${{{}}}", printable(name, 40))));
      out.pieces.back().field = *field;
      out.pieces.emplace_back();
    }
  }
  return out;
}

}  // namespace tracetax
