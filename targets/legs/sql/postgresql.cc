// PostgreSQL by libpq. Statements are prepared once on each connection and found again by their
// text, as pgx does (QueryExecModeCacheStatement). All waits have an end: libpq's own have none.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <unordered_map>

#include "targets/legs/client/connection_pool.h"
#include "targets/legs/sql/sql_connection.h"

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;

struct PqDeleter {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using PqConnection = std::unique_ptr<PGconn, PqDeleter>;
using PqResult = std::unique_ptr<PGresult, PqDeleter>;

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

class PostgresqlConnection final : public SqlConnection {
 public:
  PostgresqlConnection(PqConnection connection, std::chrono::seconds limit)
      : connection_(std::move(connection)), limit_(limit) {}

  bool reusable() const override {
    return !broken_ && PQstatus(connection_.get()) == CONNECTION_OK &&
           PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
  }
  bool alive() const override { return is_quiet(PQsocket(connection_.get())); }

  Status prepare(const std::string& text) override {
    const auto [place, is_new] = prepared_.try_emplace(text);
    if (is_new) place->second = fmt::format("s{}", ++names_);
    current_ = place->second;
    if (!is_new) return {};
    if (PQsendPrepare(connection_.get(), current_.c_str(), text.c_str(), 0, nullptr) == 0) {
      return broken();
    }
    auto done = await();
    if (!done) prepared_.erase(place);
    return done;
  }

  Status execute(std::span<const std::string> arguments) override {
    std::vector<const char*> values;
    for (const std::string& argument : arguments) values.push_back(argument.c_str());
    if (PQsendQueryPrepared(connection_.get(), current_.c_str(), static_cast<int>(values.size()),
                            values.data(), nullptr, nullptr, 0) == 0) {
      return broken();
    }
    return await();
  }

  Result<SqlRows> read() override {
    const PGresult* result = result_.get();
    SqlRows rows;
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
      rows.count = PQntuples(result);
      if (rows.count > 0 && PQnfields(result) > 0 && PQgetisnull(result, 0, 0) == 0) {
        rows.first = PQgetvalue(result, 0, 0);
      }
    } else {
      rows.count = std::atoll(PQcmdTuples(result_.get()));
    }
    return rows;
  }

  Status simple(const std::string& text) override {
    if (PQsendQuery(connection_.get(), text.c_str()) == 0) return broken();
    return await();
  }

 private:
  tl::unexpected<Error> broken() {
    broken_ = true;
    return failure(ExitCode::invalid, first_line(PQerrorMessage(connection_.get())));
  }

  /// All results of what was sent; the last is kept, the first error counts.
  Status await() {
    const auto deadline = Clock::now() + limit_;
    Status outcome;
    result_.reset();
    for (;;) {
      while (PQisBusy(connection_.get()) != 0) {
        if (auto ready = wait_for_input(deadline); !ready) return ready;
      }
      PqResult next(PQgetResult(connection_.get()));
      if (!next) return outcome;
      const ExecStatusType status = PQresultStatus(next.get());
      if (outcome && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        outcome = failure(ExitCode::invalid, error_of(*next));
      }
      result_ = std::move(next);
    }
  }

  Status wait_for_input(Clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd socket{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
    const int ready = left > 0 ? poll(&socket, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) return {};
    if (ready <= 0) {
      broken_ = true;
      return failure(ExitCode::invalid, fmt::format("no answer within {} s", limit_.count()));
    }
    if (PQconsumeInput(connection_.get()) == 0) return broken();
    return {};
  }

  std::string error_of(const PGresult& result) {
    const char* state = PQresultErrorField(&result, PG_DIAG_SQLSTATE);
    const char* message = PQresultErrorField(&result, PG_DIAG_MESSAGE_PRIMARY);
    if (state == nullptr || message == nullptr) {  // libpq's own: the server is gone
      broken_ = true;
      return first_line(PQresultErrorMessage(&result));
    }
    return fmt::format("{} (SQLSTATE {})", message, state);
  }

  PqConnection connection_;
  const std::chrono::seconds limit_;
  PqResult result_;
  bool broken_ = false;
  std::unordered_map<std::string, std::string> prepared_;  // text -> name
  std::string current_;
  int names_ = 0;
};

Result<std::unique_ptr<SqlConnection>> connect_postgresql(const LegAddress& address,
                                                          std::chrono::seconds limit) {
  const std::string to = fmt::format(
      "host={} port={} user=bench password=bench dbname=bench sslmode=disable "
      "gssencmode=disable connect_timeout={}",
      address.host, address.port, kConnectLimit.count());
  PqConnection connection(PQconnectdb(to.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return failure(ExitCode::invalid, first_line(PQerrorMessage(connection.get())));
  }
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  return std::make_unique<PostgresqlConnection>(std::move(connection), limit);
}

}  // namespace

const SqlDialect& postgresql() {
  static constexpr SqlDialect kDialect{
      .name = "PostgreSQL",
      .system = "postgresql",
      .error_type = "*pgconn.PgError",
      .numbered = true,
      .skips_arguments = false,
      .lock = "SELECT pg_advisory_lock(7261746578)",
      .unlock = "SELECT pg_advisory_unlock(7261746578)",
      .claim = "INSERT INTO tracetax_setup VALUES ($1) ON CONFLICT DO NOTHING",
      .connect = connect_postgresql};
  return kDialect;
}

}  // namespace tracetax
