// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/span_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tracetax {
namespace {

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

}  // namespace tracetax
