// Stage `route`: finds the handler of a request by one of two router algorithms, and answers 404 or
// 405 itself (by leaving the route empty, so that the stages around it still run).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "targets/stages/stage.h"

namespace tracetax {

/// How a framework writes a path parameter: ":id" or "{id}".
enum class ParamStyle { colon, braces };

/// The application's routes and `fillers` more that nobody calls, because a router with three routes is
/// not what anybody runs.
[[nodiscard]] std::vector<Route> application_routes(ParamStyle style, int fillers);

/// Immutable after construction; any thread. The routes' patterns are program data and must be valid:
/// start with a slash, name each parameter, and not exceed PathParams::kMost parameters.
class Router {
 public:
  virtual ~Router() = default;
  /// The route, or null. Literal segments win over parameters; a parameter is never empty.
  [[nodiscard]] virtual const Route* find(std::string_view method, std::string_view path,
                                          PathParams& params) const = 0;
  /// "GET, POST": the methods that the path exists for; empty when it does not exist.
  [[nodiscard]] virtual std::string allowed(std::string_view path) const = 0;
};

/// gin's: one radix tree per method, trees in a list.
[[nodiscard]] std::unique_ptr<const Router> make_radix_router(std::vector<Route> routes);
/// net/http's (Go 1.22 and later): a tree by method and then by whole segments. GET routes serve HEAD.
[[nodiscard]] std::unique_ptr<const Router> make_segment_router(std::vector<Route> routes);

enum class RouterKind { radix, segments };

struct RouteSpec {
  RouterKind router = RouterKind::radix;
  ParamStyle style = ParamStyle::colon;
  int fillers = 50;
  bool tells_wrong_method = false;  // 405 with Allow, instead of 404
};
[[nodiscard]] StagePointer make_stage(const RouteSpec& spec);

}  // namespace tracetax
