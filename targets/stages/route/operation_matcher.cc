// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route/operation_matcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>

#include "targets/stages/flow/applied_chain.h"

namespace tracetax {
namespace {

// In the order of Action.
constexpr std::array<std::string_view, 6> kOperations{"GetUser", "CreateUser", "Health",
                                                      "Echo",    "Fail",       "Other"};

class OperationMatcherStage final : public Stage {
 public:
  explicit OperationMatcherStage(const OperationMatcherSpec& spec)
      : selectors_(spec.selectors), kept_(static_cast<std::size_t>(spec.kept)) {
    for (const std::string_view name : kOperations) {
      operations_.push_back(std::string(spec.service).append(name));
    }
    for (const auto& selector : selectors_) {
      std::string_view pattern = selector.pattern;
      if (pattern.ends_with('*')) {
        pattern.remove_suffix(1);
        prefixes_.emplace_back(pattern);
      }
      matches_[std::string(pattern)] = &selector;
      selected_.insert(selected_.end(), selector.adds.begin(), selector.adds.end());
    }
    std::ranges::sort(prefixes_, std::greater<>());
  }

  void handle(Exchange& exchange, Next next) const override {
    exchange.operation = operation_of(exchange);
    const auto rest = next.rest();
    const std::size_t count = rest.size() - std::min(kept_, rest.size());
    std::vector<const Stage*> middleware;
    middleware.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (std::ranges::find(selected_, i) == selected_.end()) middleware.push_back(rest[i].get());
    }
    if (const auto* selector = match(exchange.operation)) {
      for (const std::size_t i : selector->adds) {
        if (i < count) middleware.push_back(rest[i].get());
      }
    }
    handle_applied(middleware, Next(rest.subspan(count)), exchange);
  }

  std::string describe() const override {
    return fmt::format(
        "matcher: operation name to middleware by {} exact names and {} prefixes, chained for each "
        "request",
        matches_.size() - prefixes_.size(), prefixes_.size());
  }

 private:
  std::string_view operation_of(const Exchange& exchange) const {
    if (exchange.method.empty() || exchange.route == nullptr) return exchange.path;
    if (!exchange.route->operation.empty()) return exchange.route->operation;
    return operations_[static_cast<std::size_t>(exchange.route->endpoint)];
  }

  const OperationMatcherSpec::Selector* match(std::string_view operation) const {
    if (const auto exact = matches_.find(std::string(operation)); exact != matches_.end()) {
      return exact->second;
    }
    for (const std::string& prefix : prefixes_) {
      if (operation.starts_with(prefix)) return matches_.find(prefix)->second;
    }
    return nullptr;
  }

  const std::vector<OperationMatcherSpec::Selector> selectors_;
  const std::size_t kept_;
  std::vector<std::string> operations_;
  std::vector<std::string> prefixes_;  // falling, so that a longer one comes before its own prefix
  std::vector<std::size_t> selected_;
  std::unordered_map<std::string, const OperationMatcherSpec::Selector*> matches_;
};

}  // namespace

StagePointer make_stage(const OperationMatcherSpec& spec) {
  return std::make_unique<OperationMatcherStage>(spec);
}

}  // namespace tracetax
