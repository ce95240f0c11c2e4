// A step's statements in their order on one connection, with their spans.
// SPDX-License-Identifier: Apache-2.0
#include <deque>
#include <mutex>
#include <shared_mutex>

#include "targets/legs/client/connection_pool.h"
#include "targets/legs/client/once.h"
#include "targets/legs/sql/sql_spans.h"
#include "targets/legs/stores.h"

namespace tracetax {
namespace {

/// Of one step.
struct SqlWork {
  std::vector<const SqlStatement*> statements;
  std::vector<std::vector<std::string>> arguments;  // as they are sent
  bool first_decides = false;                       // without a row of it the others are not done
};

struct SqlOutcome {
  bool none = false;
  std::optional<std::string> first;
};

class SqlStore final : public Store {
 public:
  SqlStore(const StoreLeg& leg, const LegAddress& address, const SqlDialect& dialect,
           const SqlTracing& tracing)
      : leg_(leg),
        address_(address),
        dialect_(dialect),
        spans_(tracing, dialect, fmt::format("{}:{}", address.host, address.port)),
        pool_(leg.connections, leg.wait) {}

  Status set_up(const std::vector<std::string>& setup) override {
    auto connected = try_for(kStartLimit, [&] { return dialect_.connect(address_, kSetupLimit); });
    Status done = connected ? set_up_on(**connected, setup) : failure(connected.error());
    if (done) done = pool_.fill([this] { return dialect_.connect(address_, kStatementLimit); });
    if (!done) return failure(ExitCode::invalid, leg_failed(leg_, done.error().message).error);
    return {};
  }

  LegResult run(const SqlStep& step, const LegCall& call) override {
    Result<SqlWork> work = work_of(step, call.values);
    if (!work) return leg_failed(leg_, work.error().message);
    const Span* parent = spans_.none() ? nullptr : call.parent;
    const bool is_transaction =
        work->statements.size() > 1 || (spans_.tracing().gorm && !work->statements[0]->reads);
    Result<SqlOutcome> outcome = is_transaction ? transaction(*work, call.tracer, parent)
                                                : alone(*work, call.tracer, parent);
    if (!outcome) return leg_failed(leg_, outcome.error().message);
    if (!step.as.empty() && outcome->first) call.values.set(step.as, std::move(*outcome->first));
    return {outcome->none ? LegEnd::none : LegEnd::done, {}};
  }
  LegResult run(const StoreStep&, const LegCall&) override {
    return wrong_kind(leg_, "statements of SQL");
  }

  std::string describe() const override {
    return fmt::format("{}: {} at {}:{}, a pool of {} connections, spans of {}", leg_.name,
                       dialect_.name, address_.host, address_.port, leg_.connections,
                       spans_.tracing().name);
  }

 private:
  using Pool = ConnectionPool<SqlConnection>;

  /// Several services may do it at a time, and one of them sets up.
  Status set_up_on(SqlConnection& connection, const std::vector<std::string>& setup) {
    if (setup.empty()) return {};
    Status done = connection.simple(std::string(dialect_.lock));
    if (done) {
      done = connection.simple(
          "CREATE TABLE IF NOT EXISTS tracetax_setup (name varchar(200) PRIMARY KEY)");
    }
    if (done) done = connection.prepare(std::string(dialect_.claim));
    const std::array<std::string, 1> name{leg_.name};
    if (done) done = connection.execute(name);
    if (!done) return done;
    const Result<SqlRows> claimed = connection.read();
    if (!claimed) return failure(claimed.error());
    for (const std::string& statement : setup) {
      if (claimed->count == 0) break;  // it is set up
      if (done) done = connection.simple(statement);
    }
    if (!done) {  // so that the next one fails with the same error
      static_cast<void>(connection.simple("DELETE FROM tracetax_setup"));
    }
    static_cast<void>(connection.simple(std::string(dialect_.unlock)));
    return done;
  }

  Result<SqlWork> work_of(const SqlStep& step, const Values& values) {
    SqlWork work{.statements = {},
                 .arguments = {},
                 .first_decides = step.none && step.statements.size() > 1};
    std::span<const std::string> left(step.arguments);
    std::size_t wanted = 0;
    for (const std::string& source : step.statements) {
      const SqlStatement& statement = statement_of(source, step.rows);
      wanted += statement.arguments();
      if (statement.arguments() > left.size()) break;
      work.arguments.push_back(
          sent_arguments(statement, left.first(statement.arguments()), values));
      left = left.subspan(statement.arguments());
      work.statements.push_back(&statement);
    }
    if (work.statements.size() < step.statements.size() || !left.empty()) {
      return failure(ExitCode::usage,
                     fmt::format("the statements have {} ?, and there are {} arguments", wanted,
                                 step.arguments.size()));
    }
    return work;
  }

  /// Steps are few, and their statements are read once.
  const SqlStatement& statement_of(const std::string& source, int rows) {
    const auto is_it = [&](const SqlStatement& known) {
      return known.rows == rows && known.source == source;
    };
    {
      const std::shared_lock lock(statements_mutex_);
      const auto found = std::ranges::find_if(statements_, is_it);
      if (found != statements_.end()) return *found;
    }
    const std::unique_lock lock(statements_mutex_);
    return statements_.emplace_back(read_statement(
        source, rows, dialect_.numbered ? Placeholder::numbered : Placeholder::question_mark));
  }

  Result<SqlOutcome> alone(const SqlWork& work, Tracer& tracer, const Span* parent) {
    const SqlStatement& statement = *work.statements.front();
    auto span = spans_.statement(tracer, parent, statement);
    const Span* below = span ? &*span : parent;
    const Result<SqlRows> rows = [&]() -> Result<SqlRows> {
      auto connection = take(tracer, below);
      if (!connection) return failure(connection.error());
      return execute(**connection, statement, work.arguments.front(), tracer, below);
    }();
    spans_.end_statement(span, statement, work.arguments.front(), rows);
    if (!rows) return failure(rows.error());
    return SqlOutcome{rows->count == 0, rows->first};
  }

  Result<SqlOutcome> transaction(const SqlWork& work, Tracer& tracer, const Span* parent) {
    auto around = spans_.transaction(tracer, parent);
    Status status;
    Result<SqlOutcome> outcome = within(work, tracer, around ? &*around : parent);
    if (!outcome) {
      status = failure(outcome.error());
    } else if (outcome->none && work.first_decides) {
      status = failure(ExitCode::fail, "no row");  // as the function returns that rolls back
    }
    spans_.end_transaction(around, status);
    return outcome;
  }

  Result<SqlOutcome> within(const SqlWork& work, Tracer& tracer, const Span* parent) {
    auto connection = take(tracer, parent);
    if (!connection) return failure(connection.error());
    if (auto begun = simple(**connection, "sql.conn.begin_tx", "BEGIN", tracer, parent); !begun) {
      return failure(begun.error());
    }
    SqlOutcome outcome;
    for (std::size_t i = 0; i < work.statements.size(); ++i) {
      auto span = spans_.statement(tracer, parent, *work.statements[i]);
      const Result<SqlRows> rows = execute(**connection, *work.statements[i], work.arguments[i],
                                           tracer, span ? &*span : parent);
      spans_.end_statement(span, *work.statements[i], work.arguments[i], rows);
      if (rows && i == 0) outcome.none = rows->count == 0;
      if (rows && !outcome.first) outcome.first = rows->first;
      if (rows && !(work.first_decides && outcome.none)) continue;
      auto back = simple(**connection, "sql.tx.rollback", "ROLLBACK", tracer, parent);
      if (!rows) return failure(rows.error());
      if (!back) return failure(back.error());
      return outcome;
    }
    auto committed = simple(**connection, "sql.tx.commit", "COMMIT", tracer, parent);
    if (!committed) return failure(committed.error());
    return outcome;
  }

  /// As database/sql: what was used before is reset, what is new was connected to.
  Result<Pool::Lease> take(Tracer& tracer, const Span* parent) {
    auto lease = pool_.take([&] {
      auto span = spans_.driver(tracer, parent, "sql.connector.connect");
      auto opened = dialect_.connect(address_, kStatementLimit);
      if (!opened) spans_.driver_failed(span, opened.error());
      return opened;
    });
    if (lease && !lease->is_new()) {
      static_cast<void>(spans_.driver(tracer, parent, "sql.conn.reset_session"));
    }
    return lease;
  }

  Status simple(SqlConnection& connection, std::string_view span_name, const std::string& text,
                Tracer& tracer, const Span* parent) {
    auto span = spans_.driver(tracer, parent, span_name);
    Status done = connection.simple(text);
    if (!done) spans_.driver_failed(span, done.error());
    return done;
  }

  Result<SqlRows> execute(SqlConnection& connection, const SqlStatement& statement,
                          const std::vector<std::string>& arguments, Tracer& tracer,
                          const Span* parent) {
    const auto traced = [&](std::string_view name, auto&& work) {
      auto span = spans_.driver(tracer, parent, name, statement.text);
      auto done = work();
      if (!done) spans_.driver_failed(span, done.error());
      return done;
    };
    const bool reads = statement.reads;
    const bool twice = dialect_.skips_arguments && !arguments.empty();
    std::string_view name = reads ? "sql.conn.query" : "sql.conn.exec";
    if (twice) {
      auto refused = spans_.driver(tracer, parent, name, statement.text);
      SqlSpans::driver_skipped(refused);
      refused.reset();
      const Status prepared =
          traced("sql.conn.prepare", [&] { return connection.prepare(statement.text); });
      if (!prepared) return failure(prepared.error());
      name = reads ? "sql.stmt.query" : "sql.stmt.exec";
    }
    Result<SqlRows> rows;
    const Status executed = traced(name, [&] {
      Status done;
      if (!twice) done = connection.prepare(statement.text);
      if (done) done = connection.execute(arguments);
      if (!done || reads) return done;
      rows = connection.read();
      return rows ? done : failure(rows.error());
    });
    if (!executed) return failure(executed.error());
    if (!reads) return rows;
    auto span = spans_.driver(tracer, parent, "sql.rows");
    rows = connection.read();
    if (!rows) spans_.driver_failed(span, rows.error());
    return rows;
  }

  const StoreLeg leg_;
  const LegAddress address_;
  const SqlDialect& dialect_;
  const SqlSpans spans_;
  Pool pool_;
  std::shared_mutex statements_mutex_;
  std::deque<SqlStatement> statements_;
};

Result<std::unique_ptr<Store>> make_sql_store(const StoreLeg& leg, const LegAddress& address,
                                              const SqlDialect& dialect) {
  std::array<std::string_view, kSqlTracings.size()> names;
  std::ranges::transform(kSqlTracings, names.begin(), &SqlTracing::name);
  const auto place = instrumentation_of(leg, names);
  if (!place) return failure(place.error());
  return std::make_unique<SqlStore>(leg, address, dialect, kSqlTracings[*place]);
}

}  // namespace

Result<std::unique_ptr<Store>> make_postgresql_store(const StoreLeg& leg,
                                                     const LegAddress& address) {
  return make_sql_store(leg, address, postgresql());
}
Result<std::unique_ptr<Store>> make_mariadb_store(const StoreLeg& leg, const LegAddress& address) {
  return make_sql_store(leg, address, mariadb());
}

}  // namespace tracetax
