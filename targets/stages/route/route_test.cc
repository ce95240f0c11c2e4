// All routers against a router so simple that it is plainly right, on generated tables and paths.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route/route.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto slash = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return segments;
}

bool is_param(const std::string& segment) {
  return segment.starts_with(':') || segment.starts_with('{');
}

/// Tries every route; of those that fit, the first wins, or the one that is literal where another
/// has a parameter.
class NaiveRouter {
 public:
  NaiveRouter(std::vector<Route> routes, bool first_wins)
      : routes_(std::move(routes)), first_wins_(first_wins) {}
  std::string find(const std::string& method, const std::string& path) const {
    const auto wanted = segments_of(path);
    std::string best;
    std::string best_kinds;  // 'a' for a literal, 'b' for a parameter: less is better
    for (const Route& route : routes_) {
      const auto pattern = segments_of(route.pattern);
      if (route.method != method || pattern.size() != wanted.size()) continue;
      std::string kinds;
      bool fits = true;
      for (std::size_t i = 0; i < pattern.size(); ++i) {
        kinds += is_param(pattern[i]) ? 'b' : 'a';
        fits = fits && (is_param(pattern[i]) ? !wanted[i].empty() : pattern[i] == wanted[i]);
      }
      if (fits && (best.empty() || (!first_wins_ && kinds < best_kinds))) {
        best = route.pattern;
        best_kinds = kinds;
      }
    }
    return best;
  }

 private:
  std::vector<Route> routes_;
  bool first_wins_;
};

std::string found(const Router& router, std::string_view method, std::string_view path) {
  PathParams params;
  const Route* route = router.find(method, path, params);
  return route == nullptr ? "" : route->pattern;
}

/// Distinct random patterns over few names, so that prefixes and parameters collide often.
std::vector<Route> random_routes(ParamStyle style, std::mt19937& random) {
  constexpr std::array kNames{"a", "ab", "abc", "b", "users", "user"};
  std::vector<Route> routes;
  for (int i = 0; i < 40; ++i) {
    Route route{random() % 2 == 0 ? "GET" : "POST", ""};
    const auto depth = 1 + random() % 4;
    for (unsigned level = 0; level < depth; ++level) {
      const auto pick = random() % (kNames.size() + 2);
      // One name per depth: real routers refuse two names for the same place.
      const std::string name = "p" + std::to_string(level);
      route.pattern += '/';
      if (pick < kNames.size()) {
        route.pattern += kNames[pick];
      } else {
        route.pattern += style == ParamStyle::colon ? ":" + name : "{" + name + "}";
      }
    }
    const bool known = std::ranges::any_of(routes, [&](const Route& other) {
      return other.method == route.method && other.pattern == route.pattern;
    });
    if (!known) routes.push_back(route);
  }
  return routes;
}

std::string random_path(std::mt19937& random) {
  constexpr std::array kNames{"a", "ab", "abc", "b", "users", "user", "x", "", "abcd"};
  std::string path;
  for (unsigned level = 0; level < 1 + random() % 5; ++level) {
    path += '/';
    path += kNames[random() % kNames.size()];
  }
  return path;
}

void expect_agreement(ParamStyle style, std::unique_ptr<const Router> (*make)(std::vector<Route>),
                      bool first_wins = false) {
  std::mt19937 random(7);
  for (int table = 0; table < 50; ++table) {
    const auto routes = random_routes(style, random);
    const auto router = make(routes);
    const NaiveRouter naive(routes, first_wins);
    for (int i = 0; i < 500; ++i) {
      const std::string path = random_path(random);
      const std::string method = random() % 2 == 0 ? "GET" : "POST";
      ASSERT_EQ(found(*router, method, path), naive.find(method, path)) << method << ' ' << path;
    }
  }
}

TEST(RadixRouter, AgreesWithTheNaiveRouter) {
  expect_agreement(ParamStyle::colon, make_radix_router);
}
TEST(SegmentRouter, AgreesWithTheNaiveRouter) {
  expect_agreement(ParamStyle::braces, make_segment_router);
}
TEST(MapRouter, AgreesWithTheNaiveRouter) { expect_agreement(ParamStyle::colon, make_map_router); }
TEST(RegexRouter, AgreesWithTheNaiveRouterWhereTheFirstWins) {
  expect_agreement(ParamStyle::braces, make_regex_router, true);
}

TEST(MapRouter, GivesTheParametersOfTheRouteThatWon) {
  const auto router = make_map_router({{"GET", "/a/:x/c"}, {"GET", "/a/b/:y/d"}, {"GET", "/:z"}});
  PathParams params;
  ASSERT_NE(router->find("GET", "/a/b/c", params), nullptr);
  ASSERT_EQ(params.all().size(), 1U);
  EXPECT_EQ(params.get("x"), "b");
  EXPECT_EQ(router->allowed("/a/b/c"), "GET");
  EXPECT_EQ(router->allowed("/a/b"), "");
}

TEST(RegexRouter, GivesParametersAndMethods) {
  const auto router = make_regex_router(
      {{"GET", "/a/{x}/c.d/{y}"}, {"POST", "/a/{x}/c.d/{y}"}, {"GET", "/a/{x}/cxd/1"}});
  PathParams params;
  ASSERT_NE(router->find("POST", "/a/\xff/c.d/2", params), nullptr);  // any byte but a slash
  EXPECT_EQ(params.get("x"), "\xff");
  EXPECT_EQ(params.get("y"), "2");
  EXPECT_EQ(router->allowed("/a/b/c.d/1"), "GET, POST");
  EXPECT_EQ(router->allowed("/a/b/cxd/1"), "GET");  // the point is no wildcard
  EXPECT_EQ(router->allowed("/x/a/b/cxd/1"), "");
  EXPECT_EQ(router->allowed("/a/b/cxd/1\n"), "");
}

TEST(Router, GivesTheParametersOfTheRouteThatWon) {
  const auto router = make_radix_router({{"GET", "/a/:x/c"}, {"GET", "/a/b/:y/d"}, {"GET", "/:z"}});
  PathParams params;
  ASSERT_NE(router->find("GET", "/a/b/c", params), nullptr);  // "/a/b/..." was tried first
  ASSERT_EQ(params.all().size(), 1U);
  EXPECT_EQ(params.get("x"), "b");
  EXPECT_EQ(params.get("y"), "");
}

TEST(Router, EveryApplicationRouteIsFoundByAll) {
  using Make = std::unique_ptr<const Router> (*)(std::vector<Route>);
  for (const auto& [style, make] :
       {std::pair<ParamStyle, Make>{ParamStyle::colon, make_radix_router},
        {ParamStyle::braces, make_segment_router},
        {ParamStyle::colon, make_map_router},
        {ParamStyle::braces, make_regex_router}}) {
    const auto routes = application_routes(style, 50);
    EXPECT_EQ(routes.size(), 54U);
    const auto router = make(routes);
    for (const Route& route : routes) {
      EXPECT_EQ(found(*router, route.method, route.pattern), route.pattern);
    }
    EXPECT_EQ(found(*router, "GET", "/users/"), "");
    EXPECT_EQ(found(*router, "GET", "/users/1/2"), "");
    EXPECT_EQ(found(*router, "PUT", "/users/1"), "");
    EXPECT_EQ(found(*router, "GET", "*"), "");
    EXPECT_EQ(found(*router, "GET", ""), "");
  }
}

TEST(RadixRouter, ACatchAllTakesWhatIsLeftAndLosesToTheRest) {
  const auto router =
      make_radix_router({{"GET", "/a/:id/*rest"}, {"GET", "/a/:id/b"}, {"GET", "/c"}});
  EXPECT_EQ(found(*router, "GET", "/a/1/b"), "/a/:id/b");
  EXPECT_EQ(found(*router, "GET", "/a/1/b/c"), "/a/:id/*rest");
  EXPECT_EQ(found(*router, "GET", "/a/1/x"), "/a/:id/*rest");
  EXPECT_EQ(found(*router, "GET", "/a/1/"), "");
  EXPECT_EQ(found(*router, "GET", "/a/1"), "");
  const auto beside = make_radix_router({{"GET", "/a/:id"}, {"GET", "/a/*rest"}});
  EXPECT_EQ(found(*beside, "GET", "/a/1"), "/a/:id");
  EXPECT_EQ(found(*beside, "GET", "/a//1"), "/a/*rest");  // no parameter is empty
  PathParams params;
  ASSERT_NE(router->find("GET", "/a/1/x/y", params), nullptr);
  EXPECT_EQ(params.all().size(), 1U);
  EXPECT_EQ(params.get("id"), "1");
}

TEST(Route, ASpecsOwnRoutesTakeThePlaceOfTheApplications) {
  const auto stage = make_stage(RouteSpec{.routes = {{"GET", "/own"}}});
  for (const char* path : {"/own", "/healthz"}) {
    ExchangeFixture f;
    f.exchange.path = path;
    chain_of(make_stage(RouteSpec{.routes = {{"GET", "/own"}}}), [](Exchange&) {
    }).handle(f.exchange);
    EXPECT_EQ(f.exchange.status, path == std::string_view("/own") ? 200U : 404U) << path;
  }
  EXPECT_NE(stage->describe().find("of 1 routes"), std::string::npos);
}

TEST(SegmentRouter, GetServesHeadAndAllowedNamesTheMethods) {
  const auto router = make_segment_router({{"GET", "/a"}, {"POST", "/a"}});
  EXPECT_EQ(found(*router, "HEAD", "/a"), "/a");
  EXPECT_EQ(router->allowed("/a"), "GET, HEAD, POST");
  EXPECT_EQ(router->allowed("/b"), "");
  EXPECT_EQ(make_radix_router({{"GET", "/a"}})->allowed("/a"), "GET");
}

TEST(RouteStage, LooksUpTheCleanPath) {
  ExchangeFixture f;
  f.exchange.path = "/users//x/../42/";
  std::string id;
  chain_of(make_stage(RouteSpec{.router = RouterKind::maps, .cleaning = PathCleaning::lookup}),
           [&](Exchange& e) { id = e.params.get("id"); })
      .handle(f.exchange);
  EXPECT_EQ(id, "42");
  EXPECT_EQ(f.exchange.status, 200U);
  EXPECT_EQ(f.exchange.path, "/users//x/../42/");
}

TEST(RouteStage, RedirectsToTheCleanPath) {
  const RouteSpec mux{
      .router = RouterKind::regex, .style = ParamStyle::braces, .cleaning = PathCleaning::redirect};
  ExchangeFixture f;
  f.exchange.path = "/users/./4\r\n2";
  f.exchange.query = "a=b";
  chain_of(make_stage(mux), [](Exchange&) {}).handle(f.exchange);
  EXPECT_EQ(f.exchange.status, 301U);
  ASSERT_EQ(f.exchange.answer_headers.size(), 1U);
  EXPECT_EQ(f.exchange.answer_headers[0].name, "Location");
  EXPECT_EQ(f.exchange.answer_headers[0].value, "/users/4%0D%0A2?a=b");
}

}  // namespace
}  // namespace tracetax
