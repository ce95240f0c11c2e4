// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route/route.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "targets/stages/route/clean_path.h"

namespace tracetax {
namespace {

struct RouterEntry {
  std::string_view name;
  std::unique_ptr<const Router> (*make)(std::vector<Route>);
};

RouterEntry router_of(RouterKind kind) {
  switch (kind) {
    case RouterKind::radix:
      return {"radix tree per method", make_radix_router};
    case RouterKind::segments:
      return {"tree of segments", make_segment_router};
    case RouterKind::maps:
      return {"tree of segment maps per method", make_map_router};
    case RouterKind::regex:
      return {"regular expression per route, in turn,", make_regex_router};
  }
  return {"", make_radix_router};
}

std::string_view describe_cleaning(PathCleaning cleaning) {
  switch (cleaning) {
    case PathCleaning::none:
      return "";
    case PathCleaning::lookup:
      return ", path cleaned first";
    case PathCleaning::redirect:
      return ", 301 to the clean path";
  }
  return "";
}

class RouteStage final : public Stage {
 public:
  explicit RouteStage(const RouteSpec& spec) : spec_(spec) {
    auto routes = spec.routes.empty() ? application_routes(spec.style, spec.fillers) : spec.routes;
    count_ = routes.size();
    router_ = router_of(spec.router).make(std::move(routes));
  }

  void handle(Exchange& exchange, Next next) const override {
    exchange.server = spec_.server;
    std::string_view path = exchange.path;
    if (spec_.cleaning == PathCleaning::lookup) path = clean_path(path, exchange.cleaned_path);
    if (spec_.cleaning == PathCleaning::redirect) {
      path = clean_request_path(path, exchange.cleaned_path);
      if (path != exchange.path) {
        return redirect(path, exchange);
      }
    }
    exchange.route = router_->find(exchange.method, path, exchange.params);
    if (exchange.route != nullptr) return next(exchange);
    const RefusalSpec& refusal = refuse(path, exchange);
    exchange.error = refusal.error;
    if (spec_.refuses_late) next(exchange);
    exchange.content_type = refusal.content_type;
    exchange.answer = refusal.text;
    if (refusal.tells_no_sniff) {
      exchange.answer_headers.push_back({"X-Content-Type-Options", "nosniff"});
    }
    if (!spec_.refuses_late && !refusal.ends) next(exchange);
  }

  std::string describe() const override {
    return fmt::format("route: {} of {} routes{}, wrong method is {}", router_of(spec_.router).name,
                       count_, describe_cleaning(spec_.cleaning),
                       spec_.tells_wrong_method ? 405 : 404);
  }

 private:
  const RefusalSpec& refuse(std::string_view path, Exchange& exchange) const {
    exchange.status = 404;
    if (!spec_.tells_wrong_method) return spec_.not_found;
    std::string allowed = router_->allowed(path);
    if (allowed.empty()) return spec_.not_found;
    exchange.status = 405;
    exchange.allow = std::move(allowed);
    return spec_.wrong_method;
  }

  static void redirect(std::string_view path, Exchange& exchange) {
    exchange.status = 301;
    std::string location;
    append_escaped_path(path, location);
    if (!exchange.query.empty()) location.append("?").append(exchange.query);
    exchange.answer_headers.push_back({"Location", std::move(location)});
  }

  RouteSpec spec_;
  std::size_t count_ = 0;
  std::unique_ptr<const Router> router_;
};

class RoutedStage final : public Stage {
 public:
  void handle(Exchange& exchange, Next next) const override {
    if (exchange.route != nullptr) next(exchange);
  }
  std::string describe() const override { return "routed: the rest is for requests with a route"; }
};

}  // namespace

StagePointer make_stage(const RoutedSpec&) { return std::make_unique<RoutedStage>(); }

std::vector<Route> application_routes(ParamStyle style, int fillers) {
  const auto param = [&](std::string_view name) {
    return style == ParamStyle::colon ? fmt::format(":{}", name) : fmt::format("{{{}}}", name);
  };
  std::vector<Route> routes{{"GET", "/users/" + param("id"), Action::get_user},
                            {"POST", "/users", Action::create_user},
                            {"GET", "/healthz", Action::health},
                            {"GET", "/fails", Action::fails}};
  // The shapes of a REST service: collections, members, and members of members.
  constexpr std::array kNouns{"accounts", "baskets",  "carriers", "devices",  "events",
                              "files",    "groups",   "invoices", "jobs",     "keys",
                              "labels",   "messages", "orders",   "products", "reviews"};
  for (int i = 0; i < fillers; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const std::string base = fmt::format("/api/v{}/{}", 1 + index / (kNouns.size() * 4),
                                         kNouns[index / 4 % kNouns.size()]);
    switch (index % 4) {
      case 0:
        routes.push_back({"GET", base});
        break;
      case 1:
        routes.push_back({"POST", base});
        break;
      case 2:
        routes.push_back({"GET", base + "/" + param("id")});
        break;
      default:
        routes.push_back({"GET", base + "/" + param("id") + "/parts/" + param("part")});
    }
  }
  return routes;
}

StagePointer make_stage(const RouteSpec& spec) { return std::make_unique<RouteStage>(spec); }

}  // namespace tracetax
