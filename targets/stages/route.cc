// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace tracetax {
namespace {

class RouteStage final : public Stage {
 public:
  explicit RouteStage(const RouteSpec& spec) : spec_(spec) {
    auto routes = application_routes(spec.style, spec.fillers);
    count_ = routes.size();
    router_ = spec.router == RouterKind::radix ? make_radix_router(std::move(routes))
                                               : make_segment_router(std::move(routes));
  }

  void handle(Exchange& exchange, Next next) const override {
    exchange.route = router_->find(exchange.method, exchange.path, exchange.params);
    if (exchange.route == nullptr) {
      exchange.status = 404;
      exchange.content_type = "text/plain; charset=utf-8";
      exchange.answer = "404 page not found\n";
      if (spec_.tells_wrong_method) answer_wrong_method(exchange);
    }
    next(exchange);
  }

  std::string describe() const override {
    return fmt::format("route: {} of {} routes, wrong method is {}",
                       spec_.router == RouterKind::radix ? "radix tree per method"
                                                         : "tree of segments",
                       count_, spec_.tells_wrong_method ? 405 : 404);
  }

 private:
  void answer_wrong_method(Exchange& exchange) const {
    std::string allowed = router_->allowed(exchange.path);
    if (allowed.empty()) return;
    exchange.status = 405;
    exchange.answer = "Method Not Allowed\n";
    exchange.allow = std::move(allowed);
  }

  RouteSpec spec_;
  std::size_t count_ = 0;
  std::unique_ptr<const Router> router_;
};

}  // namespace

std::vector<Route> application_routes(ParamStyle style, int fillers) {
  const auto param = [&](std::string_view name) {
    return style == ParamStyle::colon ? fmt::format(":{}", name) : fmt::format("{{{}}}", name);
  };
  std::vector<Route> routes{{"GET", "/users/" + param("id"), Endpoint::get_user},
                            {"POST", "/users", Endpoint::create_user},
                            {"GET", "/healthz", Endpoint::health}};
  // The shapes of a REST service: collections, members, and members of members.
  constexpr std::array kNouns{"accounts", "baskets", "carriers", "devices",  "events",
                              "files",    "groups",  "invoices", "jobs",     "keys",
                              "labels",   "messages", "orders",  "products", "reviews"};
  for (int i = 0; i < fillers; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const std::string base =
        fmt::format("/api/v{}/{}", 1 + index / (kNouns.size() * 4), kNouns[index / 4 % kNouns.size()]);
    switch (index % 4) {
      case 0: routes.push_back({"GET", base}); break;
      case 1: routes.push_back({"POST", base}); break;
      case 2: routes.push_back({"GET", base + "/" + param("id")}); break;
      default: routes.push_back({"GET", base + "/" + param("id") + "/parts/" + param("part")});
    }
  }
  return routes;
}

StagePointer make_stage(const RouteSpec& spec) { return std::make_unique<RouteStage>(spec); }

}  // namespace tracetax
