// The segment router: one tree level per path segment. Children are searched in a short list, and
// in a map from nine on, as Go's mux does.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "targets/stages/route/route.h"

namespace tracetax {
namespace {

constexpr std::size_t kListLimit = 8;

struct SegmentNode {
  std::vector<std::pair<std::string, std::unique_ptr<SegmentNode>>> children;  // literal segments
  std::unordered_map<std::string_view, const SegmentNode*>
      index;  // of children, once they are many
  std::unique_ptr<SegmentNode> param;
  std::string param_name;
  const Route* route = nullptr;
};

/// Splits the first segment off "/a/b"; the rest keeps its slash.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

SegmentNode* literal_child(SegmentNode* node, std::string_view segment) {
  for (auto& [name, child] : node->children) {
    if (name == segment) return child.get();
  }
  node->children.emplace_back(segment, std::make_unique<SegmentNode>());
  return node->children.back().second.get();
}

void add_segment(SegmentNode* node, const Route& route) {
  std::string_view rest = route.pattern;
  while (!rest.empty()) {
    const std::string_view segment = take_segment(rest);
    if (segment.starts_with('{')) {
      if (!node->param) node->param = std::make_unique<SegmentNode>();
      node->param_name = segment.substr(1, segment.size() - 2);
      node = node->param.get();
    } else {
      node = literal_child(node, segment);
    }
  }
  node->route = &route;
}

// After all routes are in: the names that the index refers to stay where they are from now on.
void build_index(SegmentNode& node) {
  if (node.children.size() > kListLimit) {
    for (auto& [name, child] : node.children) node.index.emplace(name, child.get());
  }
  for (auto& [name, child] : node.children) build_index(*child);
  if (node.param) build_index(*node.param);
}

const SegmentNode* find_child(const SegmentNode& node, std::string_view segment) {
  if (!node.index.empty()) {
    const auto found = node.index.find(segment);
    return found == node.index.end() ? nullptr : found->second;
  }
  for (const auto& [name, child] : node.children) {
    if (name == segment) return child.get();
  }
  return nullptr;
}

const Route* walk_segments(const SegmentNode& node, std::string_view rest, PathParams& params) {
  if (rest.empty()) return node.route;
  const std::string_view segment = take_segment(rest);
  if (const SegmentNode* child = find_child(node, segment)) {
    if (const Route* found = walk_segments(*child, rest, params)) return found;
  }
  if (!node.param || segment.empty()) return nullptr;
  params.push({node.param_name, segment});
  if (const Route* found = walk_segments(*node.param, rest, params)) return found;
  params.pop();
  return nullptr;
}

class SegmentRouter final : public Router {
 public:
  explicit SegmentRouter(std::vector<Route> routes) : routes_(std::move(routes)) {
    for (const Route& route : routes_) add_segment(&methods_[route.method], route);
    for (auto& [method, root] : methods_) build_index(root);
  }

  const Route* find(std::string_view method, std::string_view path,
                    PathParams& params) const override {
    if (!path.starts_with('/')) return nullptr;
    const auto tree = methods_.find(method == "HEAD" ? "GET" : method);
    return tree == methods_.end() ? nullptr : walk_segments(tree->second, path, params);
  }

  std::string allowed(std::string_view path) const override {
    std::string methods;
    if (!path.starts_with('/')) return methods;
    for (const auto& [method, root] : methods_) {
      PathParams ignored;
      if (walk_segments(root, path, ignored) == nullptr) continue;
      if (!methods.empty()) methods += ", ";
      methods += method == "GET" ? "GET, HEAD" : method;
    }
    return methods;
  }

 private:
  const std::vector<Route> routes_;
  std::map<std::string, SegmentNode, std::less<>> methods_;
};

}  // namespace

std::unique_ptr<const Router> make_segment_router(std::vector<Route> routes) {
  return std::make_unique<SegmentRouter>(std::move(routes));
}

}  // namespace tracetax
