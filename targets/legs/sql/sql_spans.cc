// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/sql/sql_spans.h"

namespace tracetax {
namespace {

/// gorm's Dialector.Explain: the statement with its arguments in it.
std::string explained(std::string_view source, std::span<const std::string> arguments) {
  std::string text;
  std::size_t next = 0;
  for (const char c : source) {
    if (c == '?' && next < arguments.size()) {
      text += fmt::format("'{}'", arguments[next++]);
    } else {
      text += c;
    }
  }
  return text;
}

Attributes gozero_method(std::string_view method) { return {{"sql.method", std::string(method)}}; }

void end_gozero(std::optional<Span>& span, std::string_view error_type, const Error* error) {
  if (error != nullptr) {
    record_error(span, error_type, error->message, error->message);
  } else if (span) {
    span->set_status(SpanStatus::ok);
  }
  span.reset();
}

}  // namespace

std::optional<Span> SqlSpans::driver(Tracer& tracer, const Span* parent, std::string_view name,
                                     std::string_view text) const {
  return leg_span(tracer, tracing_.otelsql ? parent : nullptr, name, [&] {
    Attributes attributes;
    if (!text.empty()) attributes.push_back({"db.statement", std::string(text)});
    return attributes;
  });
}

void SqlSpans::driver_failed(std::optional<Span>& span, const Error& error) const {
  record_error(span, dialect_.error_type, error.message, {});
}

void SqlSpans::driver_skipped(std::optional<Span>& span) {
  record_error(span, "*errors.errorString", "driver: skip fast-path; continue as if unimplemented",
               {});
}

std::optional<Span> SqlSpans::statement(Tracer& tracer, const Span* parent,
                                        const SqlStatement& statement) const {
  if (tracing_.gozero) {
    return leg_span(tracer, parent, "sql",
                    [&] { return gozero_method(statement.reads ? "QueryRow" : "Exec"); });
  }
  if (!tracing_.gorm) return std::nullopt;
  return leg_span(tracer, parent, statement.gorm_name(), [&] {
    Attributes attributes;  // with a connection that is given to it, gorm knows no address
    if (!tracing_.otelsql) attributes.push_back({"server.address", server_});
    return attributes;
  });
}

void SqlSpans::end_statement(std::optional<Span>& span, const SqlStatement& statement,
                             std::span<const std::string> arguments,
                             const Result<SqlRows>& rows) const {
  if (!span) return;
  if (tracing_.gozero) {
    return end_gozero(span, dialect_.error_type, rows ? nullptr : &rows.error());
  }
  if (span->is_recording()) {
    Attributes attributes{{"db.system.name", std::string(dialect_.system)},
                          {"db.query.text", explained(statement.source, arguments)},
                          {"db.operation.name", statement.verb}};
    if (!statement.table.empty()) {
      attributes.push_back({"db.collection.name", statement.table});
      attributes.push_back({"db.query.summary", statement.gorm_name()});
    }
    if (!statement.table.empty() || !statement.reads) {  // gorm.Row does not know them
      attributes.push_back({"db.rows_affected", rows ? rows->count : std::int64_t{0}});
    }
    span->set_attributes(std::move(attributes));
  }
  if (!rows) record_error(span, dialect_.error_type, rows.error().message, rows.error().message);
  span.reset();
}

std::optional<Span> SqlSpans::transaction(Tracer& tracer, const Span* parent) const {
  return leg_span(tracer, tracing_.gozero ? parent : nullptr, "sql",
                  [] { return gozero_method("Transact"); });
}

void SqlSpans::end_transaction(std::optional<Span>& span, const Status& outcome) const {
  if (span) end_gozero(span, dialect_.error_type, outcome ? nullptr : &outcome.error());
}

}  // namespace tracetax
