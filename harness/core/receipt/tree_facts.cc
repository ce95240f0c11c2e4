// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/tree_facts.h"

namespace tracetax {

std::uint16_t SpanNames::index_of(std::string_view name) {
  const auto next = static_cast<std::uint16_t>(names_.size());
  std::string kept(name.substr(0, kLongest));
  if (const auto found = index_.find(kept); found != index_.end()) return found->second;
  if (names_.size() > kMost) return static_cast<std::uint16_t>(kMost);
  if (names_.size() == kMost) kept = "(further names)";
  names_.push_back(kept);
  index_.emplace(std::move(kept), next);
  return next;
}

std::string_view SpanNames::name(std::uint16_t index) const {
  return index < names_.size() ? std::string_view{names_[index]} : std::string_view{};
}

void TreeFacts::cut_to(std::size_t spans) {
  while (!links.empty() && links.back().span >= spans) links.pop_back();
  while (!counts.empty() && counts.back().span >= spans) counts.pop_back();
}

}  // namespace tracetax
