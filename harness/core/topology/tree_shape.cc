// SPDX-License-Identifier: Apache-2.0
#include "harness/core/topology/tree_shape.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <tuple>

#include "harness/core/request/request_ids.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

constexpr std::uint64_t kAboveTop = 1, kAboveLost = 2, kBelow = 3, kForest = 4;

/// Beyond what OTLP has: 0.
std::string_view kind_name(SpanKindNumber kind) {
  constexpr std::array<std::string_view, 6> kNames{"no kind", "internal", "server",
                                                   "client",  "producer", "consumer"};
  return kNames[kind < kNames.size() ? kind : 0];
}

std::string told(const TreeSpan& span) {
  return fmt::format("span {} ({}) of service {}", quote(span.name), kind_name(span.kind),
                     quote(span.service));
}

using SpanKey = std::tuple<std::string, std::string, SpanKindNumber>;
SpanKey key_of(const TreeSpan& span) { return {span.service, span.name, span.kind}; }

/// What is wanted more often than it came counts above 0, with one of those spans.
template <typename Key>
using Balance = std::map<Key, std::pair<int, const TreeSpan*>>;

template <typename Key, typename KeyOf>
Balance<Key> balance_of(const std::vector<TreeSpan>& wanted, const std::vector<TreeSpan>& came,
                        KeyOf&& key_of_one) {
  Balance<Key> balance;
  const auto add = [&](const std::vector<TreeSpan>& spans, int by) {
    for (const TreeSpan& span : spans) {
      auto& [count, example] = balance[key_of_one(spans, span)];
      count += by;
      example = &span;
    }
  };
  add(wanted, 1);
  add(came, -1);
  return balance;
}

template <typename Key>
const TreeSpan* first_where(const Balance<Key>& balance, bool missing) {
  for (const auto& [key, entry] : balance) {
    if (missing ? entry.first > 0 : entry.first < 0) return entry.second;
  }
  return nullptr;
}

std::string parent_text(const std::vector<TreeSpan>& spans, const TreeSpan& span) {
  if (span.parent == kTopSpan) return "the caller";
  if (span.parent == kLostSpan) return "a span that did not come";
  return told(spans[static_cast<std::size_t>(span.parent)]);
}

/// The first span that stands elsewhere; not one whose parent did not come.
std::optional<std::string> other_parent(const std::vector<TreeSpan>& wanted,
                                        const std::vector<TreeSpan>& came) {
  using Key = std::pair<SpanKey, std::string>;
  const auto balance = balance_of<Key>(
      wanted, came, [](const std::vector<TreeSpan>& spans, const TreeSpan& span) -> Key {
        return {key_of(span), parent_text(spans, span)};
      });
  for (const auto& [key, entry] : balance) {
    if (entry.first >= 0 || entry.second->parent == kLostSpan) continue;
    for (const auto& [other, missed] : balance) {
      if (missed.first <= 0 || other.first != key.first) continue;
      return fmt::format("{} stands under {} and not under {}", told(*entry.second), key.second,
                         other.second);
    }
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = text.size();
  for (const char c : text) hash = derive_seed(hash, static_cast<unsigned char>(c));
  return hash;
}

std::uint64_t span_hash(std::uint64_t service, std::uint64_t name, SpanKindNumber kind) {
  return derive_seed(derive_seed(service, name), kind);
}

TreeShape shape_of(std::span<const ShapeSpan> spans) {
  // From the tops down, then back: who is in a circle is never reached.
  std::vector<std::vector<std::size_t>> children(spans.size());
  std::vector<std::size_t> order;
  TreeShape shape;
  shape.paths.resize(spans.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].parent >= 0) {
      children[static_cast<std::size_t>(spans[i].parent)].push_back(i);
      continue;
    }
    shape.paths[i] =
        derive_seed(spans[i].parent == kTopSpan ? kAboveTop : kAboveLost, spans[i].what);
    order.push_back(i);
  }
  for (std::size_t next = 0; next < order.size(); ++next) {
    for (const std::size_t child : children[order[next]]) {
      shape.paths[child] = derive_seed(shape.paths[order[next]], spans[child].what);
      order.push_back(child);
    }
  }
  std::vector<std::uint64_t> below(spans.size());
  std::uint64_t all = derive_seed(kForest, spans.size() - order.size());
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    const ShapeSpan& span = spans[*at];
    const std::uint64_t own = derive_seed(derive_seed(kBelow, span.what), below[*at]);
    if (span.parent >= 0)
      below[static_cast<std::size_t>(span.parent)] += own;
    else
      all += derive_seed(span.parent == kTopSpan ? kAboveTop : kAboveLost, own);
  }
  shape.whole = all;
  return shape;
}

TreeShape shape_of(const SpanTree& tree) {
  std::vector<ShapeSpan> spans;
  for (const TreeSpan& span : tree.spans)
    spans.push_back(
        {span_hash(text_hash(span.service), text_hash(span.name), span.kind), span.parent});
  return shape_of(spans);
}

TreeDifference difference_of(const std::vector<TreeSpan>& wanted,
                             const std::vector<TreeSpan>& came) {
  const auto balance = balance_of<SpanKey>(
      wanted, came,
      [](const std::vector<TreeSpan>&, const TreeSpan& span) { return key_of(span); });
  const TreeSpan* missing = first_where(balance, true);
  const TreeSpan* more = first_where(balance, false);
  if (missing != nullptr && more != nullptr) {
    return {fmt::format("{} is missing, and {} is there instead", told(*missing), told(*more)),
            false};
  }
  if (missing != nullptr)
    return {told(*missing) + " is missing", !other_parent(wanted, came).has_value()};
  if (more != nullptr) return {told(*more) + " is too many", false};
  if (auto parent = other_parent(wanted, came)) return {std::move(*parent), false};
  return {
      "its spans are the right ones, but one has no parent that came, or stands under another "
      "span of the same name",
      false};
}

}  // namespace tracetax
