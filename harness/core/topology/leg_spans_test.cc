// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/leg_spans.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tracetax {
namespace {

/// "a b(c d)": names in order, children in brackets behind their parents.
std::string shape(const std::vector<LegSpan>& spans, int parent = -1) {
  std::string text;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].parent != parent) continue;
    const std::string inside = shape(spans, static_cast<int>(i));
    text += (text.empty() ? "" : " ") + spans[i].name + (inside.empty() ? "" : "(" + inside + ")");
  }
  return text;
}

std::string sql(StoreKind kind, const std::string& as, std::vector<std::string> statements,
                bool none = false) {
  const StoreLeg leg{.name = "db", .kind = kind, .service = {}, .traced_as = as, .setup = {}};
  SqlStep step;
  step.statements = std::move(statements);
  return shape(leg_spans(leg, step, none));
}

std::string command(StoreKind kind, const std::string& as, std::vector<std::string> words) {
  const StoreLeg leg{.name = "s", .kind = kind, .service = {}, .traced_as = as, .setup = {}};
  StoreStep step;
  step.command = std::move(words);
  return shape(leg_spans(leg, step, false));
}

// As captured from Go programs: docs/topologies.md.
TEST(LegSpans, OfSql) {
  using enum StoreKind;
  EXPECT_EQ(sql(postgresql, "", {"SELECT 1"}), "sql.conn.reset_session sql.conn.query sql.rows");
  EXPECT_EQ(sql(postgresql, "", {"UPDATE a SET b = ? RETURNING b"}),
            "sql.conn.reset_session sql.conn.query sql.rows");
  EXPECT_EQ(sql(mariadb, "otelsql", {"UPDATE a SET b = ?"}),
            "sql.conn.reset_session sql.conn.exec sql.conn.prepare sql.stmt.exec");
  EXPECT_EQ(sql(postgresql, "", {"UPDATE a SET b = 1", "SELECT b FROM a"}),
            "sql.conn.reset_session sql.conn.begin_tx sql.conn.exec sql.conn.query sql.rows "
            "sql.tx.commit");
  EXPECT_EQ(sql(postgresql, "", {"UPDATE a SET b = 1", "SELECT b FROM a"}, true),
            "sql.conn.reset_session sql.conn.begin_tx sql.conn.exec sql.tx.rollback");
  EXPECT_EQ(sql(postgresql, "gozero", {"SELECT 1"}), "sql");
  EXPECT_EQ(sql(postgresql, "gozero", {"SELECT 1", "SELECT 2"}), "sql(sql sql)");
  EXPECT_EQ(sql(postgresql, "otelgorm", {"INSERT INTO orders(id) VALUES (?)"}), "insert orders");
  EXPECT_EQ(sql(postgresql, "otelgorm+otelsql", {"SELECT n FROM stock"}),
            "select stock(sql.conn.reset_session sql.conn.query sql.rows)");
  EXPECT_EQ(sql(postgresql, "otelgorm+otelsql", {"UPDATE stock SET n = 1"}),
            "sql.conn.reset_session sql.conn.begin_tx update stock(sql.conn.exec) sql.tx.commit");
  EXPECT_EQ(sql(postgresql, "none", {"SELECT 1"}), "");
}

TEST(LegSpans, OfCommands) {
  using enum StoreKind;
  EXPECT_EQ(command(redis, "", {"GET", "a"}), "get");
  EXPECT_EQ(command(redis, "gozero", {"GET", "a"}), "redis");
  EXPECT_EQ(command(mongodb, "", {"find", "users", "{id}"}), "users.find");
  EXPECT_EQ(command(etcd, "", {"del", "a"}), "etcdserverpb.KV/DeleteRange");
}

}  // namespace
}  // namespace tracetax
