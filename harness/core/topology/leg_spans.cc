// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/leg_spans.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace tracetax {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::vector<std::string> words_of(std::string_view statement) {
  std::istringstream text(lower(statement));
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

/// Whether rows come back.
bool reads(const std::vector<std::string>& words) {
  constexpr std::string_view kFirst[] = {"select", "with", "values", "show"};
  return (!words.empty() && std::ranges::find(kFirst, words.front()) != std::end(kFirst)) ||
         std::ranges::find(words, "returning") != words.end();
}

/// "update stock": verb and table, as gorm's plugin has it.
std::string gorm_name(const std::vector<std::string>& words) {
  const bool has_from = std::ranges::find(words, "from") != words.end();
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const bool leads =
        words[i] == "into" || words[i] == "update" || (has_from && words[i] == "from");
    if (!leads) continue;
    const std::string& table = words[i + 1];
    return fmt::format("{} {}", words.front(), table.substr(0, table.find('(')));
  }
  return reads(words) ? "gorm.Row" : "gorm.Raw";
}

/// Names of one statement's spans in database/sql under otelsql, without its session's.
std::vector<std::string> otelsql_statement(const StoreLeg& leg, std::string_view statement) {
  const bool rows = reads(words_of(statement));
  // Go's driver for MySQL takes no arguments at the first try.
  const bool twice = leg.kind == StoreKind::mariadb && statement.find('?') != statement.npos;
  std::vector<std::string> names{rows ? "sql.conn.query" : "sql.conn.exec"};
  if (twice) {
    names.insert(names.end(), {"sql.conn.prepare", rows ? "sql.stmt.query" : "sql.stmt.exec"});
  }
  if (rows) names.emplace_back("sql.rows");
  return names;
}

/// Adds the spans of a step, which differ by what stands around each statement.
class SqlSpans {
 public:
  SqlSpans(const StoreLeg& leg, const SqlStep& step, bool none) : leg_(leg) {
    statements_ = step.statements;
    transaction_ = statements_.size() > 1;
    rolled_back_ = transaction_ && none;
    if (rolled_back_) statements_.resize(1);
  }

  std::vector<LegSpan> otelsql() {
    add("sql.conn.reset_session");
    if (transaction_) add("sql.conn.begin_tx");
    for (const std::string& statement : statements_) {
      for (std::string& name : otelsql_statement(leg_, statement)) add(std::move(name));
    }
    if (transaction_) add_end();
    return std::move(spans_);
  }

  /// `inside`: over a database/sql of otelsql.
  std::vector<LegSpan> gorm(bool inside) {
    const bool in_transaction =
        transaction_ || std::ranges::any_of(statements_, [](const std::string& statement) {
          return !reads(words_of(statement));
        });
    const auto session = [&](std::string name, int parent = -1) {
      if (inside) add(std::move(name), parent);
    };
    if (in_transaction) {
      session("sql.conn.reset_session");
      session("sql.conn.begin_tx");
    }
    for (const std::string& statement : statements_) {
      const int around = add(gorm_name(words_of(statement)));
      if (!in_transaction) session("sql.conn.reset_session", around);
      for (std::string& name : otelsql_statement(leg_, statement)) session(std::move(name), around);
    }
    if (in_transaction && inside) add_end();
    return std::move(spans_);
  }

  std::vector<LegSpan> gozero() {
    const int around = transaction_ ? add("sql") : -1;
    for (std::size_t i = 0; i < statements_.size(); ++i) add("sql", around);
    return std::move(spans_);
  }

 private:
  int add(std::string name, int parent = -1) {
    spans_.push_back({std::move(name), parent});
    return static_cast<int>(spans_.size()) - 1;
  }
  void add_end() { add(rolled_back_ ? "sql.tx.rollback" : "sql.tx.commit"); }

  const StoreLeg& leg_;
  std::vector<std::string> statements_;  // those that are done
  bool transaction_ = false;
  bool rolled_back_ = false;
  std::vector<LegSpan> spans_;
};

std::string traced_as(const StoreLeg& leg) {
  return leg.traced_as.empty() ? instrumentations_of(leg.kind).front() : leg.traced_as;
}

}  // namespace

std::vector<LegSpan> leg_spans(const StoreLeg& leg, const SqlStep& step, bool none) {
  const std::string as = traced_as(leg);
  SqlSpans spans(leg, step, none);
  if (as == "otelsql") return spans.otelsql();
  if (as == "gozero") return spans.gozero();
  if (as == "otelgorm" || as == "otelgorm+otelsql") return spans.gorm(as != "otelgorm");
  return {};
}

std::vector<LegSpan> leg_spans(const StoreLeg& leg, const StoreStep& step, bool) {
  const std::string as = traced_as(leg);
  if (as == "none") return {};
  const auto word = [&step](std::size_t i) {
    return i < step.command.size() ? step.command[i] : std::string();
  };
  const std::string command = step.script.empty() ? lower(word(0)) : "evalsha";
  switch (leg.kind) {
    case StoreKind::redis:
      return {{as == "gozero" ? "redis" : command}};
    case StoreKind::mongodb:
      return {{as == "gozero" ? "mongo" : fmt::format("{}.{}", word(1), command)}};
    case StoreKind::etcd:
      return {{command == "get"   ? "etcdserverpb.KV/Range"
               : command == "put" ? "etcdserverpb.KV/Put"
                                  : "etcdserverpb.KV/DeleteRange"}};
    default:
      return {};
  }
}

std::string producer_span_name(const BrokerLeg& leg, std::string_view to) {
  switch (leg.kind) {
    case BrokerKind::rabbitmq:
      return "(default) send";
    case BrokerKind::kafka:
      return fmt::format("{} publish", to);
    case BrokerKind::nats:
    case BrokerKind::ring:
      return fmt::format("publish {}", to);
  }
  return {};
}

std::string consumer_span_name(const BrokerLeg& leg, const ConsumerSpec& consumer) {
  switch (leg.kind) {
    case BrokerKind::rabbitmq:
      return fmt::format("{} process", consumer.from);
    case BrokerKind::kafka:
      return fmt::format("{} receive", consumer.from);
    case BrokerKind::nats:
    case BrokerKind::ring:
      return fmt::format("process {}", consumer.from);
  }
  return {};
}

std::vector<std::string> instrumentations_of(StoreKind kind) {
  switch (kind) {
    case StoreKind::postgresql:
    case StoreKind::mariadb:
      return {"otelsql", "otelgorm", "otelgorm+otelsql", "gozero", "none"};
    case StoreKind::redis:
      return {"redisotel", "gozero", "none"};
    case StoreKind::mongodb:
      return {"otelmongo", "gozero", "none"};
    case StoreKind::etcd:
      return {"otelgrpc", "none"};
  }
  return {};
}

}  // namespace tracetax
