// The text of an SQL statement as a step has it, made ready to be sent: ? numbered where the
// database wants that, VALUES repeated, and what instrumentations say of it. No parser of SQL: it
// knows quotes and words. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "targets/legs/values.h"

namespace tracetax {

struct SqlStatement {
  std::string source;  // as the step has it
  int rows = 1;
  std::string text{};               // as it is sent
  bool reads = false;               // it is a query: SELECT, WITH, VALUES, SHOW, or ... RETURNING
  std::size_t row_arguments = 0;    // ? in the parentheses behind VALUES, for each of `rows`
  std::size_t other_arguments = 0;  // the other ?, behind those
  std::string verb{};               // in lower case
  std::string table{};              // empty: none found

  /// How many of the step's arguments are its own.
  [[nodiscard]] std::size_t arguments() const { return row_arguments + other_arguments; }
  /// "update stock", gorm.Row or gorm.Raw: the span's name in gorm.
  [[nodiscard]] std::string gorm_name() const;
};

enum class Placeholder {
  question_mark,  // MariaDB
  numbered,       // PostgreSQL: $1
};

/// `rows` >= 1. Only a statement with VALUES (...) is repeated.
[[nodiscard]] SqlStatement read_statement(std::string_view source, int rows, Placeholder form);

/// The arguments as they are sent, filled in for each row; `own` are statement.arguments() texts.
[[nodiscard]] std::vector<std::string> sent_arguments(const SqlStatement& statement,
                                                      std::span<const std::string> own,
                                                      const Values& values);

}  // namespace tracetax
