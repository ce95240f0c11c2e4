// The radix router: static text is shared by prefix down to the byte, a parameter takes one
// segment, a catch-all ("*rest", at the end of a pattern) whatever is left.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "targets/stages/route/route.h"

namespace tracetax {
namespace {

struct RadixNode {
  std::string prefix;                                // matched before the node is entered
  std::string first_bytes;                           // of the children, in their order
  std::vector<std::unique_ptr<RadixNode>> children;  // static
  std::unique_ptr<RadixNode> param;                  // one segment of anything
  std::string param_name;                            // of `param`
  const Route* catch_all = nullptr;                  // of a path that goes on in any way
  const Route* route = nullptr;                      // of a path that ends here
};

/// Adds static text below `node`, splitting children where they part; returns the node at its end.
RadixNode* add_text(RadixNode* node, std::string_view text) {
  if (text.empty()) return node;
  const auto at = node->first_bytes.find(text.front());
  if (at == std::string::npos) {
    node->first_bytes += text.front();
    node->children.push_back(std::make_unique<RadixNode>());
    node->children.back()->prefix = text;
    return node->children.back().get();
  }
  std::unique_ptr<RadixNode>& child = node->children[at];
  const auto common = static_cast<std::size_t>(std::ranges::mismatch(child->prefix, text).in1 -
                                               child->prefix.begin());
  if (common < child->prefix.size()) {
    auto upper = std::make_unique<RadixNode>();
    upper->prefix = child->prefix.substr(0, common);
    upper->first_bytes = child->prefix.substr(common, 1);
    child->prefix.erase(0, common);
    upper->children.push_back(std::move(child));
    child = std::move(upper);
  }
  return add_text(child.get(), text.substr(common));
}

RadixNode* add_param(RadixNode* node, std::string_view name) {
  if (!node->param) {
    node->param = std::make_unique<RadixNode>();
    node->param_name = name;
  }
  return node->param.get();
}

void add_radix(RadixNode* node, const Route& route) {
  std::string_view rest = route.pattern;
  while (!rest.empty()) {
    const auto mark = rest.find_first_of(":*");
    node = add_text(node, rest.substr(0, mark));
    if (mark == std::string_view::npos) break;
    if (rest[mark] == '*') {
      node->catch_all = &route;
      return;
    }
    rest.remove_prefix(mark + 1);
    const std::string_view name = rest.substr(0, rest.find('/'));
    node = add_param(node, name);
    rest.remove_prefix(name.size());
  }
  node->route = &route;
}

const Route* walk_radix(const RadixNode& node, std::string_view rest, PathParams& params) {
  if (rest.empty()) return node.route;
  const auto at = node.first_bytes.find(rest.front());
  if (at != std::string::npos) {
    const RadixNode& child = *node.children[at];
    if (rest.starts_with(child.prefix)) {
      if (const Route* found = walk_radix(child, rest.substr(child.prefix.size()), params))
        return found;
    }
  }
  if (node.param) {
    const std::string_view value = rest.substr(0, rest.find('/'));
    if (value.empty()) return node.catch_all;
    params.push({node.param_name, value});
    if (const Route* found = walk_radix(*node.param, rest.substr(value.size()), params))
      return found;
    params.pop();
  }
  return node.catch_all;
}

class RadixRouter final : public Router {
 public:
  explicit RadixRouter(std::vector<Route> routes) : routes_(std::move(routes)) {
    for (const Route& route : routes_) {
      auto tree = std::ranges::find(trees_, route.method, &Tree::method);
      if (tree == trees_.end()) {
        trees_.push_back({route.method, std::make_unique<RadixNode>()});
        tree = trees_.end() - 1;
      }
      add_radix(tree->root.get(), route);
    }
  }

  const Route* find(std::string_view method, std::string_view path,
                    PathParams& params) const override {
    for (const Tree& tree : trees_) {
      if (tree.method == method) return walk_radix(*tree.root, path, params);
    }
    return nullptr;
  }

  std::string allowed(std::string_view path) const override {
    std::string methods;
    for (const Tree& tree : trees_) {
      PathParams ignored;
      if (walk_radix(*tree.root, path, ignored) == nullptr) continue;
      if (!methods.empty()) methods += ", ";
      methods += tree.method;
    }
    return methods;
  }

 private:
  struct Tree {
    std::string method;
    std::unique_ptr<RadixNode> root;
  };
  const std::vector<Route> routes_;
  std::vector<Tree> trees_;
};

}  // namespace

std::unique_ptr<const Router> make_radix_router(std::vector<Route> routes) {
  return std::make_unique<RadixRouter>(std::move(routes));
}

}  // namespace tracetax
