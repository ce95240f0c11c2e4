// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/sql/sql_statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "targets/legs/leg.h"

namespace tracetax {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// One word, one quoted text or name, or one other character.
struct SqlToken {
  std::string_view text;
  [[nodiscard]] bool is(std::string_view word) const {  // `word` in upper case
    return std::ranges::equal(text, word, [](char a, char b) {
      return std::toupper(static_cast<unsigned char>(a)) == b;
    });
  }
  [[nodiscard]] bool is_space() const {
    return std::isspace(static_cast<unsigned char>(text.front())) != 0;
  }
};

std::vector<SqlToken> tokens_of(std::string_view text) {
  std::vector<SqlToken> tokens;
  while (!text.empty()) {
    std::size_t size = 1;
    if (const char quote = text.front(); quote == '\'' || quote == '"' || quote == '`') {
      const std::size_t end = text.find(quote, 1);
      size = end == text.npos ? text.size() : end + 1;  // a doubled quote is two texts: no harm
    } else if (is_word(quote)) {
      while (size < text.size() && (is_word(text[size]) || text[size] == '.')) ++size;
    }
    tokens.push_back({text.substr(0, size)});
    text.remove_prefix(size);
  }
  return tokens;
}

std::string without_quotes(std::string_view name) {
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '`')) {
    name = name.substr(1, name.size() - 2);
  }
  return std::string(name);
}

/// The tokens [first, last) of the parentheses behind VALUES; empty if there are none.
std::pair<std::size_t, std::size_t> values_tuple(std::span<const SqlToken> tokens) {
  const auto values = std::ranges::find_if(tokens, [](const auto& t) { return t.is("VALUES"); });
  const auto open = std::find_if(values, tokens.end(), [](const auto& t) { return t.text == "("; });
  int depth = 0;
  for (auto at = open; at != tokens.end(); ++at) {
    if (at->text == "(") ++depth;
    if (at->text == ")" && --depth == 0) return {open - tokens.begin(), at + 1 - tokens.begin()};
  }
  return {tokens.size(), tokens.size()};
}

/// What stands behind INTO, UPDATE or the first FROM.
std::string table_in(std::span<const SqlToken> tokens, std::string_view verb) {
  const std::string_view before = verb == "insert" ? "INTO" : verb == "update" ? "UPDATE" : "FROM";
  auto at = std::ranges::find_if(tokens, [&](const auto& t) { return t.is(before); });
  if (at == tokens.end()) return {};
  at = std::find_if(at + 1, tokens.end(), [](const auto& t) { return !t.is_space(); });
  const bool is_name = at != tokens.end() && (is_word(at->text.front()) || at->text.size() > 1);
  return is_name ? without_quotes(at->text) : std::string();
}

/// Appends tokens to what is sent; numbers go on from `number`.
void append_tokens(std::span<const SqlToken> tokens, Placeholder form, std::size_t& number,
                   std::string& out) {
  for (const SqlToken& token : tokens) {
    if (token.text != "?") {
      out += token.text;
    } else if (++number; form == Placeholder::numbered) {
      out += fmt::format("${}", number);
    } else {
      out += '?';
    }
  }
}

std::size_t marks_in(std::span<const SqlToken> tokens) {
  return static_cast<std::size_t>(
      std::ranges::count_if(tokens, [](const auto& token) { return token.text == "?"; }));
}

}  // namespace

std::string SqlStatement::gorm_name() const {
  if (!table.empty()) return fmt::format("{} {}", verb, table);
  return reads ? "gorm.Row" : "gorm.Raw";
}

SqlStatement read_statement(std::string_view source, int rows, Placeholder form) {
  const std::vector<SqlToken> all = tokens_of(source);
  const std::span<const SqlToken> tokens(all);
  SqlStatement statement{.source = std::string(source), .rows = rows};
  const auto first = std::ranges::find_if(tokens, [](const auto& t) { return is_word(t.text[0]); });
  if (first != tokens.end()) {
    std::ranges::transform(first->text, std::back_inserter(statement.verb),
                           [](char c) { return static_cast<char>(std::tolower(c)); });
  }
  constexpr std::array<std::string_view, 4> kQueries{"select", "with", "values", "show"};
  statement.reads =
      std::ranges::find(kQueries, statement.verb) != kQueries.end() ||
      std::ranges::any_of(tokens, [](const auto& token) { return token.is("RETURNING"); });
  statement.table = table_in(tokens, statement.verb);

  const auto [from, to] = values_tuple(tokens);
  const auto tuple = tokens.subspan(from, to - from);
  statement.row_arguments = marks_in(tuple);
  statement.other_arguments = marks_in(tokens) - statement.row_arguments;
  std::size_t number = 0;
  append_tokens(tokens.first(from), form, number, statement.text);
  for (int row = 0; row < rows; ++row) {
    if (row > 0 && !tuple.empty()) statement.text += ", ";
    append_tokens(tuple, form, number, statement.text);
  }
  append_tokens(tokens.subspan(to), form, number, statement.text);
  return statement;
}

std::vector<std::string> sent_arguments(const SqlStatement& statement,
                                        std::span<const std::string> own, const Values& values) {
  std::vector<std::string> sent;
  const auto add = [&](std::span<const std::string> some) {
    for (const std::string& argument : some) sent.push_back(filled_in(argument, values));
  };
  for (int row = 0; row < statement.rows; ++row) add(own.first(statement.row_arguments));
  add(own.subspan(statement.row_arguments));
  return sent;
}

}  // namespace tracetax
