// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/sql/sql_statement.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

SqlStatement numbered(std::string_view source, int rows = 1) {
  return read_statement(source, rows, Placeholder::numbered);
}

TEST(SqlStatement, NumbersQuestionMarksAndLeavesQuotesAlone) {
  EXPECT_EQ(numbered("SELECT a FROM t WHERE b = ? AND c = '?' AND \"d?\" = ?").text,
            "SELECT a FROM t WHERE b = $1 AND c = '?' AND \"d?\" = $2");
  const SqlStatement marks = read_statement("SELECT ?, '?'", 1, Placeholder::question_mark);
  EXPECT_EQ(marks.text, "SELECT ?, '?'");
  EXPECT_EQ(marks.arguments(), 1u);
}

TEST(SqlStatement, RepeatsTheValuesForEachRow) {
  const SqlStatement insert =
      numbered("INSERT INTO t (a, b) VALUES (?, f(?)) ON CONFLICT (a) DO UPDATE SET b = ?", 3);
  EXPECT_EQ(insert.text,
            "INSERT INTO t (a, b) VALUES ($1, f($2)), ($3, f($4)), ($5, f($6)) "
            "ON CONFLICT (a) DO UPDATE SET b = $7");
  EXPECT_EQ(insert.row_arguments, 2u);
  EXPECT_EQ(insert.other_arguments, 1u);
  Values values;
  values.set("x", "1");
  const std::vector<std::string> own{"{x}", "b", "c"};
  EXPECT_EQ(sent_arguments(insert, own, values),
            (std::vector<std::string>{"1", "b", "1", "b", "1", "b", "c"}));
}

TEST(SqlStatement, WhatHasNoValuesIsNotRepeated) {
  const SqlStatement update = numbered("UPDATE t SET a = ? WHERE b = ?", 3);
  EXPECT_EQ(update.text, "UPDATE t SET a = $1 WHERE b = $2");
  const std::vector<std::string> own{"1", "2"};
  EXPECT_EQ(sent_arguments(update, own, {}), own);
}

struct Case {
  std::string_view source;
  bool reads;
  std::string_view gorm_name;
};

TEST(SqlStatement, TellsWhatReadsAndWhatGormCallsIt) {
  const Case cases[] = {
      {"SELECT n FROM stock WHERE sku = ?", true, "select stock"},
      {"  select * from \"Stock\"", true, "select Stock"},
      {"UPDATE stock SET n = n - 1", false, "update stock"},
      {"UPDATE stock SET n = n - 1 RETURNING n", true, "update stock"},
      {"INSERT INTO shop.orders (id) SELECT id FROM other", false, "insert shop.orders"},
      {"DELETE FROM `orders` WHERE id = ?", false, "delete orders"},
      {"SELECT 1", true, "gorm.Row"},
      {"CREATE TABLE t (a int)", false, "gorm.Raw"},
      {"WITH a AS (SELECT 1) SELECT * FROM a", true, "with a"},
      {"UPDATE t SET returning_customer = 1", false, "update t"},
  };
  for (const Case& one : cases) {
    const SqlStatement statement = numbered(one.source);
    EXPECT_EQ(statement.reads, one.reads) << one.source;
    EXPECT_EQ(statement.gorm_name(), one.gorm_name) << one.source;
  }
}

}  // namespace
}  // namespace tracetax
