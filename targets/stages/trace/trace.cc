// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <string>
#include <utility>

#include "targets/request/spans_afterwards.h"
#include "targets/stages/codec/dapr_messages.h"

namespace tracetax {
namespace {

constexpr std::size_t kMostEvents = 16;

/// When each event of a record happened; 0: not yet.
using EventTimes = std::array<std::int64_t, kMostEvents>;

/// What a stage inside sees while its span lasts.
class SpanScope {
 public:
  SpanScope(Exchange& exchange, Span& span)
      : exchange_(exchange), outer_(std::exchange(exchange.span, &span)) {
    if (outer_ != nullptr) return;
    exchange.trace = span.context();
    exchange.span_records = span.is_recording();
  }
  ~SpanScope() { exchange_.span = outer_; }
  SpanScope(const SpanScope&) = delete;
  SpanScope& operator=(const SpanScope&) = delete;

 private:
  Exchange& exchange_;
  Span* outer_;
};

class TraceStage final : public Stage {
 public:
  TraceStage(TraceRecord record, Tracer& tracer)
      : record_(std::move(record)),
        tracer_(tracer),
        propagators_(tracer.propagators(record_.propagators)),
        passes_on_(record_.passes_on ? tracer.propagators(record_.passes_on) : propagators_) {
    if (record_.events.size() > kMostEvents) {
      throw std::length_error(fmt::format("a trace record of {} events; at most {} are possible",
                                          record_.events.size(), kMostEvents));
    }
  }

  void handle(Exchange& exchange, Next next) const override {
    exchange.instrumented = true;
    Span span = start(exchange);
    if (!record_.after_start.empty()) {
      span.set_attributes(make_attributes(record_.after_start, exchange));
    }
    inject(span, exchange);
    if (exchange.asked.late > Nanos(0)) leave_late_span(span, exchange);
    EventTimes times{};
    note(EventSpec::When::before, span, exchange, times);
    {
      const SpanScope scope(exchange, span);
      next(exchange);
    }
    note(EventSpec::When::after, span, exchange, times);
    end(span, exchange, times);
  }

  std::string describe() const override;

 private:
  Span start(const Exchange& exchange) const {
    const std::string name = span_name(record_, exchange);
    Attributes attributes = make_attributes(record_.at_start, exchange);
    if (exchange.asked.high_priority && record_.kind == SpanKind::server)
      attributes.push_back({"request.priority", std::string("high")});
    if (record_.kind == SpanKind::client && exchange.span != nullptr) {
      return tracer_.start_child_span(name, record_.kind, *exchange.span, std::move(attributes));
    }
    return tracer_.start_span(
        name, record_.kind,
        extract_context(propagators_, ExchangeHeaders(exchange, record_.header_prefix)),
        std::move(attributes));
  }

  // As a goroutine that goes on after its handler has returned.
  void leave_late_span(const Span& span, const Exchange& exchange) const {
    const bool outermost = record_.kind == SpanKind::server && exchange.span == nullptr;
    if (!outermost || exchange.afterwards == nullptr) return;
    exchange.afterwards->late.emplace_back(
        exchange.asked.late, tracer_.start_child_span("late", SpanKind::internal, span, {}));
  }

  void inject(const Span& span, Exchange& exchange) const {
    const bool client = record_.kind == SpanKind::client;
    if (client ? record_.injects_unsampled || span.is_recording() : record_.injects_into_calls) {
      // A context from a span further out is replaced.
      HeaderList& out = exchange.call_headers;
      out = record_.call_headers;
      inject_context(passes_on_, span.context(), span.carried().get(), out);
    }
    if (record_.injects_into_answer) {
      HeaderList context;
      inject_context(propagators_, span.context(), span.carried().get(), context);
      for (AnswerHeader& header : context) {  // in the spelling that net/http gives every header
        header.name.front() = static_cast<char>(std::toupper(header.name.front()));
        exchange.answer_headers.push_back(std::move(header));
      }
    }
  }

  // The clock is read for every event, whether the span keeps it or not.
  void note(EventSpec::When when, Span& span, const Exchange& exchange, EventTimes& times) const {
    for (std::size_t i = 0; i < record_.events.size(); ++i) {
      const EventSpec& event = record_.events[i];
      if (event.when != when) continue;
      times[i] = unix_now_ns();
      if (!record_.keeps_events) {
        span.add_event(times[i], event.name, make_attributes(event.attributes, exchange));
      }
    }
  }

  void end(Span& span, const Exchange& exchange, const EventTimes& times) const {
    if (record_.asks_recording && !span.is_recording()) return;
    if (record_.renamed_at_end && exchange.route != nullptr) {
      span.set_name(span_name(record_, exchange));
    }
    if (!record_.at_end.empty()) span.set_attributes(make_attributes(record_.at_end, exchange));
    for (std::size_t i = 0; record_.keeps_events && i < record_.events.size(); ++i) {
      const EventSpec& event = record_.events[i];
      span.add_event(times[i], event.name, make_attributes(event.attributes, exchange));
    }
    if (exchange.status >= record_.error_from) {
      mark_error(span, exchange);
    } else if (record_.sets_ok) {
      span.set_status(SpanStatus::ok);
    }
    const bool held = exchange.asked.slow > Nanos(0) && record_.kind == SpanKind::server;
    if (held && exchange.afterwards != nullptr) {
      exchange.afterwards->held.push_back(std::move(span));
    } else {
      span.end();
    }
  }

  void mark_error(Span& span, const Exchange& exchange) const {
    if (!record_.exception_event) return span.set_status(SpanStatus::error);
    const std::string message =
        exchange.error.empty() ? fmt::format("status {}", exchange.status) : exchange.error;
    span.add_event(
        unix_now_ns(), "exception",
        {{"exception.type", std::string("*errors.Error")}, {"exception.message", message}});
    span.set_status(SpanStatus::error, message);
  }

  TraceRecord record_;
  Tracer& tracer_;
  const Propagators propagators_;
  const Propagators passes_on_;
};

std::string_view name_rule(SpanName name) {
  switch (name) {
    case SpanName::method_route:
      return "{method} {route}";
    case SpanName::route:
      return "{route}";
    case SpanName::method_path:
      return "{method} {route or path}";
    case SpanName::operation:
      return "{service}/{method}";
    case SpanName::full_method:
      return "/{service}/{method}";
    case SpanName::method:
      return "{method}";
    case SpanName::path:
      return "{path}";
    case SpanName::invocation:
      return "/{application}{path}";
    case SpanName::dotted:
      return "{service}.{method}";
  }
  return "";
}

void append_keys(std::string_view what, const AttributeTable& table, std::string& out) {
  if (table.empty()) return;
  out.append(what);
  for (const AttributeSpec& spec : table) out.append(" ").append(spec.key);
}

std::string TraceStage::describe() const {
  std::string text = fmt::format(
      "trace: {} span \"{}{}\"{}, state {}, sampler {}, propagators {}",
      record_.kind == SpanKind::client ? "CLIENT" : "SERVER", record_.name_prefix,
      name_rule(record_.name), record_.renamed_at_end ? " (renamed once routed)" : "",
      to_string(tracer_.state()), tracer_.describe_sampler(), tracetax::describe(propagators_));
  append_keys("; attributes at start:", record_.at_start, text);
  append_keys("; right after:", record_.after_start, text);
  append_keys("; at end:", record_.at_end, text);
  if (!record_.events.empty()) text += fmt::format("; {} events", record_.events.size());
  if (record_.sets_ok) text += "; status Ok";
  if (record_.injects_into_answer) text += "; context in the answer";
  if (!record_.injects_unsampled) text += "; unsampled decisions are not passed on";
  return text;
}

}  // namespace

std::string span_name(const TraceRecord& record, const Exchange& exchange) {
  const std::string_view pattern =
      exchange.route == nullptr ? std::string_view{} : std::string_view(exchange.route->pattern);
  std::string name(record.name_prefix);
  switch (record.name) {
    case SpanName::method_route:
      name.append(is_known_method(exchange.method) ? exchange.method : "HTTP");
      if (!pattern.empty()) name.append(" ").append(pattern);
      return name;
    case SpanName::route:
      return name.append(pattern.empty() ? exchange.path : pattern);
    case SpanName::method_path:
      return name.append(exchange.method)
          .append(" ")
          .append(pattern.empty() ? exchange.path : pattern);
    case SpanName::operation:
      return name.append(operation_of(exchange));
    case SpanName::full_method:
      return name.append("/").append(operation_of(exchange));
    case SpanName::path:
      return name.append(exchange.path);
    case SpanName::invocation: {
      DaprInvocation invocation;
      if (!parse_invocation(exchange.path, invocation)) return name.append(exchange.path);
      return name.append("/").append(invocation.app).append(invocation.path);
    }
    case SpanName::method: {
      const std::string operation = operation_of(exchange);
      return name.append(operation, operation.rfind('/') + 1, std::string::npos);
    }
    case SpanName::dotted: {
      std::string operation = operation_of(exchange);
      const auto slash = operation.rfind('/');
      if (slash != std::string::npos) operation[slash] = '.';
      const auto dot = slash == std::string::npos ? slash : operation.rfind('.', slash - 1);
      return name.append(operation, dot == std::string::npos ? 0 : dot + 1, std::string::npos);
    }
  }
  return name;
}

StagePointer make_stage(const TraceSpec& spec, Tracer& tracer) {
  return std::make_unique<TraceStage>(spec.record, tracer);
}

}  // namespace tracetax
