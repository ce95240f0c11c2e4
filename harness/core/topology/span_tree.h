// The spans that one request leaves in all services: names, kinds, parents and links.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tracetax {

/// As OTLP numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
using SpanKindNumber = std::uint8_t;

struct TreeSpan {
  std::string service;  // service.name
  std::string name;
  SpanKindNumber kind = 1;
  int parent = -1;  // index in SpanTree::spans, before this one; -1: the caller's span, or none in
                    // a trace that is linked
  friend bool operator==(const TreeSpan&, const TreeSpan&) = default;
};

struct LinkedTree;

struct SpanTree {
  std::vector<TreeSpan> spans;  // of the request's own trace
  std::vector<LinkedTree> linked;
};

/// A trace of its own that begins with a link to a span of the request's.
struct LinkedTree {
  std::size_t from = 0;  // that span, a PRODUCER, by its index
  SpanTree tree;         // of a batch: as if it had this one message
  bool batched = false;  // one such trace has links to several requests' spans, and its first span
                         // once; what stands below that comes for each link
};

}  // namespace tracetax
