// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route/rpc_route.h"

#include <fmt/format.h>

#include <any>
#include <array>
#include <functional>
#include <mutex>
#include <span>
#include <unordered_map>
#include <utility>

namespace tracetax {
namespace {

/// Lets string maps be asked with a string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
template <typename Value>
using ByName = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

struct MethodName {
  std::string_view service;
  std::string_view method;
};

/// "/bench.v1.Bench/Echo" and "Bench.Echo": the method is what follows the last separator.
MethodName split_name(std::string_view name) {
  if (name.starts_with('/')) name.remove_prefix(1);
  std::size_t at = name.rfind('/');
  if (at == std::string_view::npos) at = name.rfind('.');
  if (at == std::string_view::npos) return {{}, name};
  return {name.substr(0, at), name.substr(at + 1)};
}

std::vector<Route> routes_of(const RpcRouteSpec& spec) {
  return spec.routes.empty() ? application_methods(spec.prefix, spec.fillers) : spec.routes;
}

void refuse(Exchange& exchange) {
  exchange.status = 404;
  exchange.answer = fmt::format("unknown method {}", exchange.path);
}

class FlatStage final : public Stage {
 public:
  explicit FlatStage(const RpcRouteSpec& spec)
      : routes_(routes_of(spec)) {
    for (const Route& route : routes_) methods_.emplace(route.pattern, &route);
  }

  void handle(Exchange& exchange, Next next) const override {
    const auto found = methods_.find(exchange.path);
    if (found == methods_.end()) {
      refuse(exchange);
    } else {
      exchange.route = found->second;
    }
    next(exchange);
  }

  std::string describe() const override {
    return fmt::format("route: hash map of {} methods", routes_.size());
  }

 private:
  const std::vector<Route> routes_;
  ByName<const Route*> methods_;
};

class ServiceStage final : public Stage {
 public:
  explicit ServiceStage(const RpcRouteSpec& spec)
      : routes_(routes_of(spec)) {
    for (const Route& route : routes_) {
      const auto [service, method] = split_name(route.pattern);
      services_[std::string(service)].emplace(method, &route);
    }
  }

  void handle(Exchange& exchange, Next next) const override {
    const auto [service_name, method_name] = split_name(exchange.path);
    if (const auto service = services_.find(service_name); service != services_.end()) {
      const auto method = service->second.find(method_name);
      if (method != service->second.end()) exchange.route = method->second;
    }
    if (exchange.route == nullptr) refuse(exchange);
    next(exchange);
  }

  std::string describe() const override {
    return fmt::format("route: hash map of services, then of methods, {} methods", routes_.size());
  }

 private:
  const std::vector<Route> routes_;
  ByName<ByName<const Route*>> services_;
};

class ReflectiveStage final : public Stage {
 public:
  explicit ReflectiveStage(const RpcRouteSpec& spec)
      : routes_(routes_of(spec)) {
    for (const Route& route : routes_) {
      const auto [service, method] = split_name(route.pattern);
      services_[std::string(service)].emplace(method, erase(route));
    }
  }

  void handle(Exchange& exchange, Next next) const override {
    const Method* method = find(exchange.path);
    if (method == nullptr) {
      refuse(exchange);
      return next(exchange);
    }
    exchange.route = method->route;
    std::vector<std::any> arguments;
    arguments.reserve(3);
    arguments.emplace_back(&exchange);
    arguments.push_back(method->make_request());
    arguments.emplace_back(next);
    method->call(arguments);
  }

  std::string describe() const override {
    return fmt::format(
        "route: maps of services and methods under a mutex, type-erased call, {} methods",
        routes_.size());
  }

 private:
  struct Method {
    const Route* route = nullptr;
    std::function<std::any()> make_request;
    std::function<void(std::span<std::any>)> call;
  };

  static Method erase(const Route& route) {
    return {.route = &route,
            .make_request = [endpoint = route.endpoint]() -> std::any {
              if (endpoint == Action::echo) return Message(Echo{});
              return Message(User{});
            },
            .call =
                [](std::span<std::any> arguments) {
                  auto& exchange = *std::any_cast<Exchange*>(arguments[0]);
                  exchange.request = std::move(std::any_cast<Message&>(arguments[1]));
                  std::any_cast<const Next&>(arguments[2])(exchange);
                }};
  }

  const Method* find(std::string_view path) const {
    const auto [service_name, method_name] = split_name(path);
    const std::scoped_lock lock(mutex_);
    const auto service = services_.find(service_name);
    if (service == services_.end()) return nullptr;
    const auto method = service->second.find(method_name);
    return method == service->second.end() ? nullptr : &method->second;
  }

  const std::vector<Route> routes_;
  // Services can be added at any time in go-micro, so every call takes this.
  mutable std::mutex mutex_;
  ByName<ByName<Method>> services_;
};

}  // namespace

std::vector<Route> application_methods(std::string_view prefix, int fillers) {
  std::vector<Route> routes;
  const auto add = [&](std::string_view method, Action endpoint) {
    routes.push_back({"", std::string(prefix).append(method), endpoint});
  };
  add("Echo", Action::echo);
  add("GetUser", Action::get_user);
  add("CreateUser", Action::create_user);
  constexpr std::array kVerbs{"Get", "List", "Create", "Update", "Delete"};
  constexpr std::array kNouns{"Account", "Basket",  "Carrier", "Device", "Event",
                              "File",    "Invoice", "Label",   "Order",  "Product"};
  for (int i = 0; i < fillers; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const auto round = index / (kVerbs.size() * kNouns.size());
    add(fmt::format("{}{}{}", kVerbs[index % kVerbs.size()],
                    kNouns[index / kVerbs.size() % kNouns.size()],
                    round == 0 ? "" : fmt::format("V{}", round + 1)),
        Action::filler);
  }
  return routes;
}

StagePointer make_stage(const RpcRouteSpec& spec) {
  switch (spec.lookup) {
    case MethodLookup::flat:
      return std::make_unique<FlatStage>(spec);
    case MethodLookup::by_service:
      return std::make_unique<ServiceStage>(spec);
    case MethodLookup::reflective:
      break;
  }
  return std::make_unique<ReflectiveStage>(spec);
}

}  // namespace tracetax
