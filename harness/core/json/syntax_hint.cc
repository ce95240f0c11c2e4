// SPDX-License-Identifier: Apache-2.0
#include "harness/core/json/syntax_hint.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

struct Token {
  std::string_view text;  // a text with its quotes, a sign, or a word; empty: none
  int line = 1;

  [[nodiscard]] char first() const { return text.empty() ? '\0' : text.front(); }
  [[nodiscard]] bool is(char sign) const { return first() == sign; }
  [[nodiscard]] bool begins_a_value() const {
    return !text.empty() && std::string_view(",:}]").find(first()) == std::string_view::npos;
  }
  [[nodiscard]] bool ends_a_value() const {
    return !text.empty() && std::string_view(",:{[").find(first()) == std::string_view::npos;
  }
};

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kSigns = ",:{}[]";

/// Where the comment ends that begins `rest`; 0 if none does.
std::size_t comment_length(std::string_view rest) {
  if (rest.starts_with("//")) return std::min(rest.find('\n'), rest.size());
  if (rest.starts_with("/*")) return std::min(rest.find("*/", 2), rest.size() - 2) + 2;
  return 0;
}

std::size_t token_length(std::string_view rest) {
  if (kSigns.find(rest.front()) != std::string_view::npos) return 1;
  if (rest.front() != '"') return std::min(rest.find_first_of(" \t\r\n,:{}[]\""), rest.size());
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\\') {
      ++i;
    } else if (rest[i] == '"') {
      return i + 1;
    }
  }
  return rest.size();
}

/// The last token that begins among the first `read` bytes, and the one before it.
std::pair<Token, Token> last_two(std::string_view text, std::size_t read) {
  Token before, last;
  int line = 1;
  for (std::size_t at = 0; at < std::min(read, text.size());) {
    const std::string_view rest = text.substr(at);
    std::size_t length = comment_length(rest);
    if (length == 0 && kSpace.find(rest.front()) != std::string_view::npos) length = 1;
    if (length == 0) {
      length = token_length(rest);
      before = last;
      last = {rest.substr(0, length), line};
    }
    line += static_cast<int>(std::ranges::count(rest.substr(0, length), '\n'));
    at += length;
  }
  return {before, last};
}

/// Whether a line is "name: ..." or "---": what YAML begins with, after comments of its own.
bool looks_like_yaml(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(kSpace) == std::string_view::npos || line.starts_with('#')) continue;
    if (line.starts_with("---") || line.starts_with("- ")) return true;
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    return colon != std::string_view::npos && name.find_first_of(" \"{[,/") == name.npos &&
           (colon + 1 == line.size() || line[colon + 1] == ' ');
  }
  return false;
}

}  // namespace

std::optional<SyntaxHint> explain_syntax(std::string_view text, std::size_t read,
                                         std::string_view said) {
  const auto [before, last] = last_two(text, read);
  if (before.text.empty() && looks_like_yaml(text)) {
    return SyntaxHint{R"(this is YAML; right is JSON: {"name": "mine"}, with // before comments)",
                      last.line};
  }
  if (last.is('#')) return SyntaxHint{"'#' begins no comment in JSON; write //", last.line};
  if (last.is('\'')) {
    return SyntaxHint{fmt::format("{}: texts stand in double quotes", printable(last.text, 60)),
                      last.line};
  }
  if (before.is(',') && (last.is('}') || last.is(']'))) {
    return SyntaxHint{
        fmt::format("a comma stands before the closing '{}'; take it away", last.first()),
        before.line};
  }
  const bool at_key = said.find("object key") != std::string_view::npos;
  if (at_key && last.begins_a_value() && !last.is('"') && !last.is('{') && !last.is('[')) {
    return SyntaxHint{fmt::format("the key {} stands without its double quotes", quote(last.text)),
                      last.line};
  }
  const bool at_end = said.find("end of input") != std::string_view::npos;
  if (at_end || !before.ends_a_value() || !last.begins_a_value()) return std::nullopt;
  const std::string_view missing =
      said.find("object separator") != std::string_view::npos ? "colon" : "comma";
  return SyntaxHint{fmt::format("a {} is missing after {}", missing, quote(before.text)),
                    before.line};
}

}  // namespace tracetax
