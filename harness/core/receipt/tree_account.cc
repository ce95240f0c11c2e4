// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/tree_account.h"

#include <fmt/format.h>

namespace tracetax {

std::uint64_t wrong_traces(const TreeAccount& account) {
  std::uint64_t sum = 0;
  for (const WrongTree& tree : account.wrong) sum += tree.traces;
  return sum;
}

std::vector<std::string> TreeAccount::faults() const {
  std::vector<std::string> faults;
  if (const std::uint64_t sum = wrong_traces(*this); sum > 0) {
    faults.push_back(fmt::format("{} traces are not the tree that the topology says ({}, {})", sum,
                                 wrong.front().request, wrong.front().example));
  }
  if (links_received != links_expected)
    faults.push_back(
        fmt::format("{} messages were linked to, {} expected", links_received, links_expected));
  if (counted_received < counted_expected ||
      counted_received > counted_expected + counted_uncertain) {
    faults.push_back(fmt::format("the counts of spans sum up to {} requests, {} expected",
                                 counted_received, counted_expected));
  }
  return faults;
}

bool TreeAccount::only_loses() const {
  return wrong_traces(*this) == lacking && links_received <= links_expected &&
         counted_received <= counted_expected + counted_uncertain;
}

}  // namespace tracetax
