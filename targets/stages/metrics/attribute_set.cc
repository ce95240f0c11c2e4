// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/metrics/attribute_set.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <variant>
#include <vector>

namespace tracetax {
namespace {

void mix(std::uint64_t& hash, std::uint64_t more) {
  hash ^= more + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
}

template <typename Value>
void mix_value(std::uint64_t& hash, const Value& value) {
  mix(hash, std::hash<Value>{}(value));
}
template <typename Item>
void mix_value(std::uint64_t& hash, const std::vector<Item>& values) {
  for (const Item& value : values) mix(hash, std::hash<Item>{}(value));
}

void sort_and_dedupe(Attributes& attributes) {
  std::ranges::stable_sort(attributes, {}, &Attribute::key);
  // Backwards, so that of equal keys the one set last stays.
  const auto kept = std::unique(attributes.rbegin(), attributes.rend(),
                                [](const auto& a, const auto& b) { return a.key == b.key; });
  attributes.erase(attributes.begin(), kept.base());
}

std::uint64_t hash_of(const Attributes& attributes) {
  std::uint64_t hash = 0;
  for (const Attribute& attribute : attributes) {
    mix(hash, std::hash<std::string_view>{}(attribute.key));
    mix(hash, attribute.value.index());
    std::visit([&](const auto& value) { mix_value(hash, value); }, attribute.value);
  }
  return hash;
}

}  // namespace

AttributeSet::AttributeSet(Attributes attributes) {
  sort_and_dedupe(attributes);
  hash_ = hash_of(attributes);
  all_ = Attributes(attributes);  // computeDistinctFixed copies
}

}  // namespace tracetax
