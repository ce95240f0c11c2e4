// go-zero's router (core/search/tree.go): a tree per method, a level per path segment, and at each
// level two hash maps of children. A level is searched by going through its maps and comparing
// every key.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <unordered_map>
#include <utility>

#include "targets/stages/route/route.h"

namespace tracetax {
namespace {

struct Node {
  const Route* route = nullptr;
  // [0]: static segments; [1]: parameters, with their colon
  std::array<std::unordered_map<std::string, std::unique_ptr<Node>>, 2> children;
};

void add(Node* node, const Route& route) {
  std::string_view rest = route.pattern;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    auto& children = node->children[segment.starts_with(':') ? 1 : 0];
    auto& child = children[std::string(segment)];
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  }
  node->route = &route;
}

/// `rest` is what follows the slash before this level.
const Route* walk(const Node& node, std::string_view rest, PathParams& params) {
  const std::size_t slash = rest.find('/');
  const std::string_view segment = rest.substr(0, slash);
  for (const auto& children : node.children) {
    for (const auto& [key, child] : children) {
      const bool named = key.front() == ':';
      if (named ? segment.empty() : key != segment) continue;
      if (named) params.push({std::string_view(key).substr(1), segment});
      const Route* found = slash == std::string_view::npos
                               ? child->route
                               : walk(*child, rest.substr(slash + 1), params);
      if (found != nullptr) return found;
      if (named) params.pop();
    }
  }
  return nullptr;
}

class MapRouter final : public Router {
 public:
  explicit MapRouter(std::vector<Route> routes) : routes_(std::move(routes)) {
    for (const Route& route : routes_) add(&trees_[route.method], route);
  }

  const Route* find(std::string_view method, std::string_view path,
                    PathParams& params) const override {
    const auto tree = trees_.find(std::string(method));
    if (tree == trees_.end() || !path.starts_with('/')) return nullptr;
    return walk(tree->second, path.substr(1), params);
  }

  std::string allowed(std::string_view path) const override {
    std::string methods;
    if (!path.starts_with('/')) return methods;
    for (const auto& [method, root] : trees_) {
      PathParams ignored;
      if (walk(root, path.substr(1), ignored) == nullptr) continue;
      if (!methods.empty()) methods += ", ";
      methods += method;
    }
    return methods;
  }

 private:
  const std::vector<Route> routes_;
  std::unordered_map<std::string, Node> trees_;  // by method
};

}  // namespace

std::unique_ptr<const Router> make_map_router(std::vector<Route> routes) {
  return std::make_unique<MapRouter>(std::move(routes));
}

}  // namespace tracetax
