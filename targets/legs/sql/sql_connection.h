// One connection to an SQL database as a driver of database/sql has it. A statement is prepared,
// executed and read, so that each of these can have a span. One thread at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "targets/legs/leg.h"

namespace tracetax {

struct SqlRows {
  std::int64_t count = 0;            // returned, or changed
  std::optional<std::string> first;  // the first column of the first row, if that is not NULL
};

class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  /// No error has broken it, and no transaction is open.
  [[nodiscard]] virtual bool reusable() const = 0;
  [[nodiscard]] virtual bool alive() const = 0;
  [[nodiscard]] virtual Status prepare(const std::string& text) = 0;
  /// What was prepared last.
  [[nodiscard]] virtual Status execute(std::span<const std::string> arguments) = 0;
  /// What was executed last.
  [[nodiscard]] virtual Result<SqlRows> read() = 0;
  /// Executes what takes no arguments and answers with no rows that matter, as BEGIN.
  [[nodiscard]] virtual Status simple(const std::string& text) = 0;
};

/// How a database differs from the others.
struct SqlDialect {
  std::string_view name;          // for people
  std::string_view system;        // gorm's db.system.name
  std::string_view error_type;    // in Go
  bool numbered = false;          // $1 for ?
  bool skips_arguments = false;   // Go's driver refuses arguments at first: driver.ErrSkip
  std::string_view lock, unlock;  // statements: one setup at a time
  std::string_view claim;         // a statement that changes a row for the first one with that name
  /// `limit` is that of each statement.
  Result<std::unique_ptr<SqlConnection>> (*connect)(const LegAddress&, std::chrono::seconds limit);
};

[[nodiscard]] const SqlDialect& postgresql();
[[nodiscard]] const SqlDialect& mariadb();

}  // namespace tracetax
