// SPDX-License-Identifier: Apache-2.0
#include "reports/words/tree_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/core/text/effect_text.h"

namespace tracetax {
namespace {

void add_account(const TreeAccount& one, TreeAccount& sum) {
  sum.traces += one.traces;
  sum.right += one.right;
  sum.links_expected += one.links_expected;
  sum.links_received += one.links_received;
  sum.linked_traces += one.linked_traces;
  sum.linked_wrong += one.linked_wrong;
  sum.counted_expected += one.counted_expected;
  sum.counted_received += one.counted_received;
  sum.counted_uncertain += one.counted_uncertain;
  for (const auto& [request, count] : one.requests) sum.requests[request] += count;
  for (const WrongTree& tree : one.wrong) {
    const auto found = std::ranges::find(sum.wrong, tree.request, &WrongTree::request);
    if (found == sum.wrong.end())
      sum.wrong.push_back(tree);
    else
      found->traces += tree.traces;
  }
}

std::string requests_text(const TreeAccount& account) {
  std::vector<std::string> parts;
  for (const auto& [request, count] : account.requests)
    parts.push_back(fmt::format("{}: {}", request, format_count(count)));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string links_text(const TreeAccount& account) {
  if (account.links_expected == 0 && account.linked_wrong == 0) return "";
  const std::string wrong = account.linked_wrong == 0
                                ? ""
                                : fmt::format(", and {} linked traces are not as they should be",
                                              format_count(account.linked_wrong));
  if (account.links_received == account.links_expected)
    return fmt::format("; each of {} messages was linked to once{}",
                       format_count(account.links_expected), wrong);
  return fmt::format("; {} of {} messages were linked to{}", format_count(account.links_received),
                     format_count(account.links_expected), wrong);
}

std::string counted_words(const TreeAccount& account) {
  const bool right =
      account.counted_received >= account.counted_expected &&
      account.counted_received <= account.counted_expected + account.counted_uncertain;
  return right
             ? fmt::format(
                   "its spans were counted in place, and the sums are right: {} SERVER "
                   "spans",
                   format_count(account.counted_received))
             : fmt::format(
                   "its spans were counted in place, and the sums are wrong: {} SERVER "
                   "spans, and {} had to be there",
                   format_count(account.counted_received), format_count(account.counted_expected));
}

std::string traces_words(const TreeAccount& account) {
  const std::string requests = requests_text(account);
  if (account.right == account.traces) {
    return fmt::format(
        "all {} traces of requests are the tree that the topology says{} (requests: "
        "{})",
        format_count(account.traces), links_text(account), requests);
  }
  return fmt::format(
      "{} of {} traces of requests are not the tree that the topology says{} (requests: {})",
      format_count(account.traces - account.right), format_count(account.traces),
      links_text(account), requests);
}

}  // namespace

std::vector<std::string> tree_words(const RunResult& result, int cell) {
  std::vector<std::string> all;
  for (const ArmSpec& arm : result.suite.arms) {
    TreeAccount sum;
    for (const SegmentRecord& segment : result.segments) {
      if (segment.spec.cell == cell && segment.arm == arm.name && segment.receipt.trees)
        add_account(*segment.receipt.trees, sum);
    }
    if (sum.counted_expected + sum.counted_received > 0)
      all.push_back(fmt::format("{}: {}", arm.name, counted_words(sum)));
    else if (sum.traces + sum.links_expected > 0)
      all.push_back(fmt::format("{}: {}", arm.name, traces_words(sum)));
    for (const WrongTree& tree : sum.wrong) {
      all.push_back(fmt::format("{}: {} wrong traces of {}, the first: {}", arm.name,
                                format_count(tree.traces), tree.request, tree.example));
    }
  }
  return all;
}

}  // namespace tracetax
