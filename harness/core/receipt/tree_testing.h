// Spans made up for the tests of trees: what services leave that do as a tree says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/receipt/receipt_testing.h"

namespace tracetax::testing {

/// order: SERVER, below it CLIENT to stock's SERVER with a query, and a PRODUCER; mail's consumer
/// has a trace of its own.
inline SpanTree order_tree() {
  SpanTree tree;
  tree.spans = {{"shop", "POST /order", 2, -1},
                {"shop", "POST", 3, 0},
                {"stock", "POST /reserve", 2, 1},
                {"stock", "sql.conn.query", 3, 2},
                {"shop", "order.created publish", 4, 0}};
  LinkedTree mail;
  mail.from = 4;
  mail.tree.spans = {{"mail", "order.created process", 5, -1}, {"mail", "render", 1, 0}};
  tree.linked = {mail};
  return tree;
}

inline SpanTree sold_out_tree() {
  return {.spans = {{"shop", "POST /order", 2, -1}, {"shop", "POST", 3, 0}}, .linked = {}};
}

/// What came, with the names that go with it.
struct MadeSpans {
  std::vector<SpanSeen> spans;
  ServiceNames services;
  TreeFacts facts;
  std::uint64_t made = 0;

  SpanId fresh_id() {
    SpanId id;
    ++made;
    for (std::size_t i = 0; i < 4; ++i)
      id.bytes[i] = static_cast<std::uint8_t>(derive_seed(1, made) >> (8 * i));
    for (std::size_t i = 0; i < 4; ++i)
      id.bytes[4 + i] = static_cast<std::uint8_t>(made >> (8 * i));
    return id;
  }
  SpanSeen seen(const TreeSpan& span, const TraceId& trace, const SpanId& parent) {
    SpanSeen out{trace, fresh_id(), parent, 100 * kMs, 101 * kMs, 103 * kMs};
    out.service = services.index_of(span.service);
    out.name = facts.names.index_of(span.name);
    out.marks = span.kind;
    return out;
  }
  /// The spans of one tree, without those that are linked to it. Returns their ids.
  std::vector<SpanId> add(const std::vector<TreeSpan>& tree, const TraceId& trace,
                          const SpanId& caller) {
    std::vector<SpanId> ids;
    for (const TreeSpan& span : tree) {
      const SpanId& parent = span.parent < 0 ? caller : ids[static_cast<std::size_t>(span.parent)];
      spans.push_back(seen(span, trace, parent));
      ids.push_back(spans.back().span_id);
    }
    return ids;
  }
  /// The last span links to this one.
  void link(std::size_t span, const TraceId& trace, const SpanId& to) {
    facts.links.push_back({static_cast<std::uint32_t>(span), trace, to});
  }
  /// A trace that is linked to a span of another; returns the ids of its spans.
  std::vector<SpanId> add_linked(const SpanTree& tree, const TraceId& own, const TraceId& trace,
                                 const SpanId& to) {
    const std::size_t root = spans.size();
    auto ids = add(tree.spans, own, SpanId{});
    link(root, trace, to);
    return ids;
  }
  /// All that request k leaves, linked traces too.
  void add_request(const RequestIds& requests, std::uint64_t k, const SpanTree& tree) {
    const TraceContext context = requests.at(k);
    const auto ids = add(tree.spans, context.trace_id, context.span_id);
    std::uint8_t number = 1;
    for (const LinkedTree& linked : tree.linked)
      add_linked(linked.tree, other_trace(k, number++), context.trace_id, ids[linked.from]);
  }
  static TraceId other_trace(std::uint64_t k, std::uint8_t number) {
    TraceId id;
    id.bytes[0] = 0xee;
    id.bytes[1] = number;
    id.bytes[15] = static_cast<std::uint8_t>(k);
    id.bytes[14] = static_cast<std::uint8_t>(k >> 8U);
    return id;
  }
  [[nodiscard]] Receipt receipt(const ExpectedSpans& expected) const {
    return make_receipt(expected, spans, {}, 0, services, facts);
  }
};

/// Four requests: the first three took the whole way, the last was sold out.
inline ExpectedSpans four_orders(double share = 1) {
  ExpectedSpans expected;
  expected.trees = {{"POST /order", order_tree()}, {"POST /order, sold_out", sold_out_tree()}};
  expected.phases = {{ids_at(share), 4, {}, {}}};
  expected.phases[0].trees = {0, 0, 0, 1};
  return expected;
}

inline MadeSpans all_of(const ExpectedSpans& expected) {
  MadeSpans made;
  for (const ExpectedPhase& phase : expected.phases) {
    for (std::uint64_t k = 0; k < phase.requests; ++k) {
      if (phase.ids.at(k).sampled())
        made.add_request(phase.ids, k, expected.trees[phase.trees[k]].tree);
    }
  }
  return made;
}

}  // namespace tracetax::testing
