// Which spans the instrumentations of Go's database/sql make around a statement, as data and as the
// few rules that differ. Facts: XSAM/otelsql v0.40.0 (conn.go, stmt.go, rows.go, tx.go),
// gorm.io/plugin/opentelemetry v0.1.16 (tracing/tracing.go), go-zero v1.10.3
// core/stores/sqlx/trace.go; and captured spans of programs with pgx v5.7 and go-sql-driver v1.9.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "targets/legs/client/leg_span.h"
#include "targets/legs/sql/sql_connection.h"
#include "targets/legs/sql/sql_statement.h"

namespace tracetax {

struct SqlTracing {
  std::string_view name;
  bool otelsql = false;  // spans of the driver
  bool gorm = false;     // a span for each statement; what only writes is in a transaction
  bool gozero = false;   // a span for each statement, and one for a transaction
};
inline constexpr std::array<SqlTracing, 5> kSqlTracings{{
    {.name = "otelsql", .otelsql = true},
    {.name = "otelgorm", .gorm = true},
    {.name = "otelgorm+otelsql", .otelsql = true, .gorm = true},
    {.name = "gozero", .gozero = true},
    {.name = "none"},
}};

/// The spans of one store. Each function gives no span where its instrumentation has none.
class SqlSpans {
 public:
  SqlSpans(const SqlTracing& tracing, const SqlDialect& dialect, std::string server)
      : tracing_(tracing), dialect_(dialect), server_(std::move(server)) {}

  [[nodiscard]] const SqlTracing& tracing() const { return tracing_; }
  [[nodiscard]] bool none() const {
    return !tracing_.otelsql && !tracing_.gorm && !tracing_.gozero;
  }

  /// otelsql's, such as "sql.conn.query"; `text` is empty where it tells no statement.
  [[nodiscard]] std::optional<Span> driver(Tracer& tracer, const Span* parent,
                                           std::string_view name, std::string_view text = {}) const;
  void driver_failed(std::optional<Span>& span, const Error& error) const;
  /// driver.ErrSkip, which otelsql takes for an error.
  static void driver_skipped(std::optional<Span>& span);

  /// gorm's or go-zero's around a statement.
  [[nodiscard]] std::optional<Span> statement(Tracer& tracer, const Span* parent,
                                              const SqlStatement& statement) const;
  void end_statement(std::optional<Span>& span, const SqlStatement& statement,
                     std::span<const std::string> arguments, const Result<SqlRows>& rows) const;
  /// go-zero's around a transaction.
  [[nodiscard]] std::optional<Span> transaction(Tracer& tracer, const Span* parent) const;
  void end_transaction(std::optional<Span>& span, const Status& outcome) const;

 private:
  const SqlTracing& tracing_;
  const SqlDialect& dialect_;
  const std::string server_;
};

}  // namespace tracetax
