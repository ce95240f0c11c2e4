// Trees of spans in a form that can be compared: equal trees have equal shapes, in whatever order
// their spans stand. Pure.
//
// A shape is 64 bits: bottom-up, each span's service, name and kind are mixed with the sum of its
// children's (so their order does not matter). Two different trees have the same one with a chance
// of 2^-64.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/topology/span_tree.h"

namespace tracetax {

/// What a span is, whatever stands around it.
[[nodiscard]] std::uint64_t span_hash(std::uint64_t service, std::uint64_t name,
                                      SpanKindNumber kind);
[[nodiscard]] std::uint64_t text_hash(std::string_view text);

inline constexpr int kTopSpan = -1;   // parent: the caller's span, or none in a linked trace
inline constexpr int kLostSpan = -2;  // parent: one that did not come

struct ShapeSpan {
  std::uint64_t what = 0;  // span_hash()
  int parent = kTopSpan;   // an index, in any order
};

struct TreeShape {
  std::uint64_t whole = 0;
  std::vector<std::uint64_t> paths;  // of each span: what it is, and all above it
};
[[nodiscard]] TreeShape shape_of(std::span<const ShapeSpan> spans);
[[nodiscard]] TreeShape shape_of(const SpanTree& tree);

/// The first difference of trees with different shapes.
struct TreeDifference {
  std::string text;         // "span 'a' (client) of service 'x' is missing"
  bool only_lacks = false;  // there is nothing wrong but that spans are missing
};
/// In both, parents are indexes in any order, or kTopSpan, or kLostSpan.
[[nodiscard]] TreeDifference difference_of(const std::vector<TreeSpan>& wanted,
                                           const std::vector<TreeSpan>& came);

}  // namespace tracetax
