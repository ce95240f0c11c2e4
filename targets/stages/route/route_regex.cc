// gorilla/mux's router (regexp.go, route.go), on RE2: Go's regexp package is the same design
// (automata, no backtracking, time linear in the text), so a route costs here what it costs there
// in steps.
// SPDX-License-Identifier: Apache-2.0
#include <re2/re2.h>

#include <array>
#include <cassert>
#include <utility>

#include "targets/stages/route/route.h"

namespace tracetax {
namespace {

struct Compiled {
  const Route* route = nullptr;
  std::unique_ptr<const RE2> expression;
  std::vector<std::string> names;  // of its groups
};

Compiled compile(const Route& route) {
  Compiled compiled{.route = &route, .expression = nullptr, .names = {}};
  std::string text = "^";
  std::string_view rest = route.pattern;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    const std::string_view literal = rest.substr(0, open);
    text += RE2::QuoteMeta({literal.data(), literal.size()});
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    text += "([^/]+)";
    compiled.names.emplace_back(rest.substr(open + 1, close - open - 1));
    rest.remove_prefix(close + 1);
  }
  text += '$';
  // Bytes, not UTF-8: Go matches any byte of a path too.
  compiled.expression = std::make_unique<const RE2>(text, RE2::Latin1);
  assert(compiled.expression->ok());
  return compiled;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

bool matches(const Compiled& route, std::string_view path) {
  return route.expression->Match(piece(path), 0, path.size(), RE2::UNANCHORED, nullptr, 0);
}

void read_params(const Compiled& route, std::string_view path, PathParams& params) {
  std::array<re2::StringPiece, PathParams::kMost + 1> groups;
  const auto count = static_cast<int>(route.names.size()) + 1;
  if (!route.expression->Match(piece(path), 0, path.size(), RE2::UNANCHORED, groups.data(),
                               count)) {
    return;
  }
  for (std::size_t i = 0; i < route.names.size(); ++i) {
    params.push({route.names[i], {groups[i + 1].data(), groups[i + 1].size()}});
  }
}

class RegexRouter final : public Router {
 public:
  explicit RegexRouter(std::vector<Route> routes) : routes_(std::move(routes)) {
    compiled_.reserve(routes_.size());
    for (const Route& route : routes_) compiled_.push_back(compile(route));
  }

  const Route* find(std::string_view method, std::string_view path,
                    PathParams& params) const override {
    for (const Compiled& route : compiled_) {
      // Order matters: mux asks the path first and the method after, and goes on if that differs.
      if (!matches(route, path) || route.route->method != method) continue;
      read_params(route, path, params);
      return route.route;
    }
    return nullptr;
  }

  std::string allowed(std::string_view path) const override {
    std::string methods;
    for (const Compiled& route : compiled_) {
      if (!matches(route, path)) continue;
      if (!methods.empty()) methods += ", ";
      methods += route.route->method;
    }
    return methods;
  }

 private:
  const std::vector<Route> routes_;
  std::vector<Compiled> compiled_;
};

}  // namespace

std::unique_ptr<const Router> make_regex_router(std::vector<Route> routes) {
  return std::make_unique<RegexRouter>(std::move(routes));
}

}  // namespace tracetax
