// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/span_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace tracetax {
namespace {

constexpr SpanKindNumber kClientKind = 3;

/// What a span is called after. "POST /orders/:sku" and "order.Order/Create" stand for all routes.
enum class Named {
  method_colon,   // "POST /orders/:sku"
  method_braces,  // "POST /orders/{sku}"
  colon,          // "/orders/:sku"
  braces,         // "/orders/{sku}"
  operation,      // "order.Order/Create"
  slashed,        // "/order.Order/Create"
  dotted,         // "order.Order.Create"
  object,         // "OrderObj.Create"
  method,         // "Create"
  http_method,    // "HTTP POST"
};

struct FrameworkNames {
  std::string_view framework;
  ServiceWire wire;
  Named server;
};

// otelhttp, otelgin, otelecho 0.70; Hertz obs-opentelemetry; go-zero 1.10; kratos 2.9;
// kitex obs-opentelemetry; go-micro 5.30 wrapper; dubbo-go 3.3 filter; TarsGo filter; otelgrpc.
constexpr std::array kFrameworks{
    FrameworkNames{"nethttp", ServiceWire::http, Named::method_braces},
    FrameworkNames{"gin", ServiceWire::http, Named::method_colon},
    FrameworkNames{"gin-limited", ServiceWire::http, Named::method_colon},
    FrameworkNames{"echo", ServiceWire::http, Named::method_colon},
    FrameworkNames{"hertz", ServiceWire::http, Named::method_colon},
    FrameworkNames{"gozero-rest", ServiceWire::http, Named::colon},
    FrameworkNames{"gozero-rest-cpu0", ServiceWire::http, Named::colon},
    FrameworkNames{"kratos-http", ServiceWire::http, Named::braces},
    FrameworkNames{"kratos-http-min", ServiceWire::http, Named::braces},
    FrameworkNames{"gozero-zrpc", ServiceWire::grpc, Named::operation},
    FrameworkNames{"kratos-grpc", ServiceWire::grpc, Named::slashed},
    FrameworkNames{"kratos-grpc-min", ServiceWire::grpc, Named::slashed},
    FrameworkNames{"grpc-go", ServiceWire::grpc, Named::operation},
    FrameworkNames{"dubbo-go", ServiceWire::grpc, Named::method},
    FrameworkNames{"dubbo-go-limited", ServiceWire::grpc, Named::method},
    FrameworkNames{"kitex-grpc", ServiceWire::grpc, Named::operation},
    FrameworkNames{"kitex-thrift", ServiceWire::kitex, Named::operation},
    FrameworkNames{"kitex-thrift-limited", ServiceWire::kitex, Named::operation},
    FrameworkNames{"kitex-pb", ServiceWire::kitex, Named::operation},
    FrameworkNames{"tars-go", ServiceWire::tars, Named::object},
    FrameworkNames{"gomicro", ServiceWire::micro, Named::dotted},
};

const FrameworkNames& names_of_framework(std::string_view framework) {
  const auto* found = std::ranges::find(kFrameworks, framework, &FrameworkNames::framework);
  return found == kFrameworks.end() ? kFrameworks.front() : *found;
}

/// ":sku" as "{sku}".
std::string with_braces(std::string_view path) {
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != ':' || i == 0 || path[i - 1] != '/') {
      text += path[i];
      continue;
    }
    const std::size_t end = std::min(path.find('/', i), path.size());
    text += fmt::format("{{{}}}", path.substr(i + 1, end - i - 1));
    i = end - 1;
  }
  return text;
}

std::string named(Named how, const RouteParts& route) {
  const std::string_view object = route.first.substr(route.first.rfind('.') + 1);
  switch (how) {
    case Named::method_colon:
      return fmt::format("{} {}", route.first, route.second);
    case Named::method_braces:
      return fmt::format("{} {}", route.first, with_braces(route.second));
    case Named::colon:
      return std::string(route.second);
    case Named::braces:
      return with_braces(route.second);
    case Named::operation:
      return fmt::format("{}/{}", route.first, route.second);
    case Named::slashed:
      return fmt::format("/{}/{}", route.first, route.second);
    case Named::dotted:
      return fmt::format("{}.{}", route.first, route.second);
    case Named::object:
      return fmt::format("{}Obj.{}", object, route.second);
    case Named::method:
      return std::string(route.second);
    case Named::http_method:
      return fmt::format("HTTP {}", route.first);
  }
  return {};
}

/// "go-zero" of "gozero-zrpc": a framework's clients are those of all its servers.
std::string_view family(std::string_view framework) {
  return framework.substr(0, framework.find('-'));
}

bool is_query(std::string_view statement) {
  std::string words(statement);
  std::ranges::transform(words, words.begin(), [](unsigned char c) { return std::tolower(c); });
  return words.starts_with("select") || words.find(" returning ") != words.npos;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

}  // namespace

std::vector<std::string> topology_frameworks() {
  std::vector<std::string> names;
  for (const FrameworkNames& one : kFrameworks) names.emplace_back(one.framework);
  return names;
}

ServiceWire wire_of(std::string_view framework) { return names_of_framework(framework).wire; }

RouteParts parts_of(std::string_view route, ServiceWire wire) {
  const std::size_t cut = route.find(wire == ServiceWire::http ? ' ' : '/');
  if (cut == route.npos) return {route, {}};
  return {route.substr(0, cut), route.substr(cut + 1)};
}

std::string server_span_name(std::string_view framework, std::string_view route) {
  const FrameworkNames& names = names_of_framework(framework);
  return named(names.server, parts_of(route, names.wire));
}

std::vector<std::string> client_span_names(std::string_view caller, std::string_view callee,
                                           std::string_view route) {
  const ServiceWire wire = wire_of(callee);
  const RouteParts parts = parts_of(route, wire);
  const std::string_view own = family(caller);
  switch (wire) {
    case ServiceWire::http:
      return {named(own == "kratos" ? Named::braces : Named::http_method, parts)};
    case ServiceWire::grpc:
      if (own == "kratos") return {named(Named::slashed, parts)};
      if (own == "dubbo") return {named(Named::method, parts)};
      return {named(Named::operation, parts)};
    case ServiceWire::kitex:
      return {named(Named::operation, parts)};
    case ServiceWire::tars:
      return {named(Named::object, parts)};
    case ServiceWire::micro:  // NewClientWrapper and NewCallWrapper make one each
      return {named(Named::dotted, parts), named(Named::dotted, parts)};
  }
  return {};
}

std::vector<LegSpan> leg_spans(const StoreLeg& leg, const SqlStep& step) {
  std::vector<LegSpan> spans;
  if (leg.traced_as == "none") return spans;
  if (leg.traced_as == "gozero") {
    for (std::size_t i = 0; i < step.statements.size(); ++i) spans.push_back({"sql", kClientKind});
    return spans;
  }
  const bool transaction = step.statements.size() > 1;
  if (transaction) spans.push_back({"sql.conn.begin_tx", kClientKind});
  for (const std::string& statement : step.statements) {
    if (is_query(statement)) {
      spans.push_back({"sql.conn.query", kClientKind});
      spans.push_back({"sql.rows", kClientKind});
    } else {
      spans.push_back({"sql.conn.exec", kClientKind});
    }
  }
  if (transaction) spans.push_back({"sql.tx.commit", kClientKind});
  return spans;
}

std::vector<LegSpan> leg_spans(const StoreLeg& leg, const StoreStep& step) {
  if (leg.traced_as == "none") return {};
  if (leg.traced_as == "gozero") return {{"redis", kClientKind}};
  const std::string command = !step.script.empty()   ? "evalsha"
                              : step.command.empty() ? ""
                                                     : lower(step.command.front());
  switch (leg.kind) {
    case StoreKind::etcd:
      return {{fmt::format("etcdserverpb.KV/{}", command == "get"   ? "Range"
                                                 : command == "put" ? "Put"
                                                                    : "DeleteRange"),
               kClientKind}};
    default:
      return {{command, kClientKind}};
  }
}

std::string producer_span_name(const BrokerLeg&, std::string_view to) {
  return fmt::format("{} publish", to);
}

std::string consumer_span_name(const BrokerLeg&, const ConsumerSpec& consumer) {
  return fmt::format("{} receive", consumer.from);
}

std::vector<std::string> instrumentations_of(StoreKind kind) {
  switch (kind) {
    case StoreKind::postgresql:
    case StoreKind::mariadb:
      return {"otelsql", "otelgorm", "gozero", "none"};
    case StoreKind::redis:
      return {"redisotel", "gozero", "none"};
    case StoreKind::mongodb:
      return {"otelmongo", "none"};
    case StoreKind::etcd:
      return {"otelgrpc", "none"};
  }
  return {};
}

}  // namespace tracetax
