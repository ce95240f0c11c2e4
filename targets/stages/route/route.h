// Stage `route`: finds the handler of a request by one of four router algorithms, and answers 404
// or 405 itself (by leaving the route empty, so that the stages around it still run). Calls by
// method name are rpc_route.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

/// How a framework writes a path parameter: ":id" or "{id}".
enum class ParamStyle { colon, braces };

/// The application's routes and `fillers` more that nobody calls, because a router with three
/// routes is not what anybody runs.
[[nodiscard]] std::vector<Route> application_routes(ParamStyle style, int fillers);

/// Immutable after construction; any thread. The routes' patterns are program data and must be
/// valid: start with a slash, name each parameter, and not exceed PathParams::kMost parameters.
class Router {
 public:
  virtual ~Router() = default;
  /// The route, or null. Literal segments win over parameters, except where routes are tried in
  /// turn; a parameter is never empty. What `params` gets refers to `path` and to the router.
  [[nodiscard]] virtual const Route* find(std::string_view method, std::string_view path,
                                          PathParams& params) const = 0;
  /// "GET, POST": the methods that the path exists for; empty when it does not exist.
  [[nodiscard]] virtual std::string allowed(std::string_view path) const = 0;
};

/// gin's: one radix tree per method, trees in a list. It alone knows "*rest" at a pattern's end,
/// which takes one byte or more and is no parameter.
[[nodiscard]] std::unique_ptr<const Router> make_radix_router(std::vector<Route> routes);
/// net/http's (Go 1.22 and later): a tree by method and then by whole segments. GET routes serve
/// HEAD.
[[nodiscard]] std::unique_ptr<const Router> make_segment_router(std::vector<Route> routes);
/// go-zero's (core/search/tree.go): one tree per method, and at each level two hash maps of
/// segments (static first, then parameters) that are walked through, not looked up.
[[nodiscard]] std::unique_ptr<const Router> make_map_router(std::vector<Route> routes);
/// gorilla/mux's: one regular expression per route, tried in the order of the routes; the first
/// that matches and has the method wins, and is run a second time for its parameters.
[[nodiscard]] std::unique_ptr<const Router> make_regex_router(std::vector<Route> routes);

enum class RouterKind { radix, segments, maps, regex };

/// What is done to a path with "//", "/./" or "/../" in it.
enum class PathCleaning {
  none,
  lookup,    // the clean path is looked up
  redirect,  // 301 to the clean path, as gorilla/mux does
};

/// What is answered where no route is found.
struct RefusalSpec {
  std::string_view text;
  std::string_view content_type = "text/plain; charset=utf-8";
  std::string_view error{};     // what is returned to the middleware as an error, empty: nothing
  bool ends = false;            // it is answered before any middleware runs
  bool tells_no_sniff = false;  // by X-Content-Type-Options, as Go's http.Error does
};

struct RouteSpec {
  RouterKind router = RouterKind::radix;
  ParamStyle style = ParamStyle::colon;
  int fillers = 50;
  bool tells_wrong_method = false;  // 405 with Allow, instead of 404
  PathCleaning cleaning = PathCleaning::none;
  RefusalSpec not_found{.text = "404 page not found\n", .tells_no_sniff = true};
  RefusalSpec wrong_method{"Method Not Allowed\n"};
  bool refuses_late = false;  // the text is written when the middleware has run
  std::string_view server{};  // what answers call themselves by the header Server, empty: nothing
  std::vector<Route>
      routes{};  // in place of the application's; empty: those, by `style` and `fillers`
};
[[nodiscard]] StagePointer make_stage(const RouteSpec& spec);

/// What stands behind it is there for routes: a request without one has been answered.
struct RoutedSpec {};
[[nodiscard]] StagePointer make_stage(const RoutedSpec& spec);

}  // namespace tracetax
