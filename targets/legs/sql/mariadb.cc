// MariaDB by libmariadb. As Go's driver for MySQL with its defaults: with arguments a statement is
// prepared, executed and closed each time, without it is sent as text.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <mysql.h>

#include <mutex>

#include "targets/legs/client/connection_pool.h"
#include "targets/legs/sql/sql_connection.h"

namespace tracetax {
namespace {

// Of libmariadb's errmsg.h, whose other names would be everybody's: 2000 and the 1000 behind it are
// the client's own errors, such as a lost connection.
bool is_client_error(unsigned number) { return number >= 2000 && number < 3000; }

struct MyDeleter {
  void operator()(MYSQL* connection) const { mysql_close(connection); }
  void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
using MyConnection = std::unique_ptr<MYSQL, MyDeleter>;
using MyStatement = std::unique_ptr<MYSQL_STMT, MyDeleter>;
using MyResult = std::unique_ptr<MYSQL_RES, MyDeleter>;

class MariadbConnection final : public SqlConnection {
 public:
  explicit MariadbConnection(MyConnection connection) : connection_(std::move(connection)) {}
  ~MariadbConnection() override {
    statement_.reset();
    if (broken_) shutdown(static_cast<int>(mysql_get_socket(connection_.get())), SHUT_RDWR);
  }

  bool reusable() const override { return !broken_ && !in_transaction(); }
  bool alive() const override {
    return is_quiet(static_cast<int>(mysql_get_socket(connection_.get())));
  }

  Status prepare(const std::string& text) override {
    statement_.reset();
    text_ = text;
    if (text.find('?') == text.npos) return {};
    statement_.reset(mysql_stmt_init(connection_.get()));
    if (mysql_stmt_prepare(statement_.get(), text.data(), text.size()) != 0) {
      return statement_error();
    }
    return {};
  }

  Status execute(std::span<const std::string> arguments) override {
    if (!statement_) return simple_text();
    std::vector<MYSQL_BIND> binds(arguments.size());
    std::vector<unsigned long> sizes(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      sizes[i] = arguments[i].size();
      binds[i].buffer_type = MYSQL_TYPE_STRING;
      binds[i].buffer = const_cast<char*>(arguments[i].data());
      binds[i].buffer_length = sizes[i];
      binds[i].length = &sizes[i];
    }
    if (mysql_stmt_bind_param(statement_.get(), binds.data()) != 0 ||
        mysql_stmt_execute(statement_.get()) != 0) {
      return statement_error();
    }
    return {};
  }

  Result<SqlRows> read() override {
    if (!statement_) return read_text();
    SqlRows rows;
    if (mysql_stmt_field_count(statement_.get()) == 0) {
      rows.count = static_cast<std::int64_t>(mysql_stmt_affected_rows(statement_.get()));
    } else {
      if (auto read = read_prepared(rows); !read) return failure(read.error());
    }
    statement_.reset();
    return rows;
  }

  Status simple(const std::string& text) override {
    statement_.reset();
    text_ = text;
    if (auto sent = simple_text(); !sent) return sent;
    auto rows = read_text();
    if (!rows) return failure(rows.error());
    return {};
  }

 private:
  static constexpr std::size_t kColumnMost = 4096;

  [[nodiscard]] bool in_transaction() const {
    unsigned status = 0;
    mariadb_get_infov(connection_.get(), MARIADB_CONNECTION_SERVER_STATUS, &status);
    return (status & SERVER_STATUS_IN_TRANS) != 0;
  }

  Status simple_text() {
    if (mysql_real_query(connection_.get(), text_.data(), text_.size()) != 0) return error();
    return {};
  }

  Result<SqlRows> read_text() {
    SqlRows rows;
    const MyResult result(mysql_store_result(connection_.get()));
    if (!result) {
      if (mysql_field_count(connection_.get()) != 0) return error();
      rows.count = static_cast<std::int64_t>(mysql_affected_rows(connection_.get()));
      return rows;
    }
    rows.count = static_cast<std::int64_t>(mysql_num_rows(result.get()));
    if (const MYSQL_ROW row = mysql_fetch_row(result.get()); row != nullptr && row[0] != nullptr) {
      rows.first.emplace(row[0], mysql_fetch_lengths(result.get())[0]);
    }
    return rows;
  }

  Status read_prepared(SqlRows& rows) {
    std::vector<MYSQL_BIND> binds(mysql_stmt_field_count(statement_.get()));
    std::string column(kColumnMost, '\0');
    unsigned long size = 0;
    my_bool is_null = 0;
    for (MYSQL_BIND& bind : binds) bind.buffer_type = MYSQL_TYPE_NULL;
    binds[0].buffer_type = MYSQL_TYPE_STRING;
    binds[0].buffer = column.data();
    binds[0].buffer_length = column.size();
    binds[0].length = &size;
    binds[0].is_null = &is_null;
    if (mysql_stmt_bind_result(statement_.get(), binds.data()) != 0 ||
        mysql_stmt_store_result(statement_.get()) != 0) {
      return statement_error();
    }
    rows.count = static_cast<std::int64_t>(mysql_stmt_num_rows(statement_.get()));
    if (rows.count == 0) return {};
    if (mysql_stmt_fetch(statement_.get()) == 1) return statement_error();
    if (is_null == 0) rows.first = column.substr(0, size);
    return {};
  }

  tl::unexpected<Error> error() {
    return error(mysql_errno(connection_.get()), mysql_sqlstate(connection_.get()),
                 mysql_error(connection_.get()));
  }
  tl::unexpected<Error> statement_error() {
    auto made = error(mysql_stmt_errno(statement_.get()), mysql_stmt_sqlstate(statement_.get()),
                      mysql_stmt_error(statement_.get()));
    statement_.reset();
    return made;
  }
  tl::unexpected<Error> error(unsigned number, const char* state, const char* message) {
    if (is_client_error(number)) broken_ = true;
    return failure(ExitCode::invalid, fmt::format("{} (SQLSTATE {})", message, state));
  }

  MyConnection connection_;
  MyStatement statement_;  // null: the text is sent as it is
  std::string text_;
  bool broken_ = false;
};

Result<std::unique_ptr<SqlConnection>> connect_mariadb(const LegAddress& address,
                                                       std::chrono::seconds limit) {
  static std::once_flag once;  // the first mysql_init of a process is not for several threads
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
  MyConnection connection(mysql_init(nullptr));
  const auto connect = static_cast<unsigned>(kConnectLimit.count());
  const auto statement = static_cast<unsigned>(limit.count());
  const unsigned tcp = MYSQL_PROTOCOL_TCP;
  mysql_optionsv(connection.get(), MYSQL_OPT_CONNECT_TIMEOUT, &connect);
  mysql_optionsv(connection.get(), MYSQL_OPT_READ_TIMEOUT, &statement);
  mysql_optionsv(connection.get(), MYSQL_OPT_WRITE_TIMEOUT, &statement);
  mysql_optionsv(connection.get(), MYSQL_OPT_PROTOCOL, &tcp);
  if (mysql_real_connect(connection.get(), address.host.c_str(), "bench", "bench", "bench",
                         address.port, nullptr, 0) == nullptr) {
    return failure(ExitCode::invalid, mysql_error(connection.get()));
  }
  return std::make_unique<MariadbConnection>(std::move(connection));
}

}  // namespace

const SqlDialect& mariadb() {
  static constexpr SqlDialect kDialect{.name = "MariaDB",
                                       .system = "mysql",
                                       .error_type = "*mysql.MySQLError",
                                       .numbered = false,
                                       .skips_arguments = true,
                                       .lock = "SELECT GET_LOCK('tracetax_setup', 60)",
                                       .unlock = "SELECT RELEASE_LOCK('tracetax_setup')",
                                       .claim = "INSERT IGNORE INTO tracetax_setup VALUES (?)",
                                       .connect = connect_mariadb};
  return kDialect;
}

}  // namespace tracetax
