// Spans made up for the tests of receipts: what a target makes of request k, its child, and a phase
// of three requests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/receipt/receipt.h"

namespace tracetax::testing {

inline constexpr std::uint64_t kMs = 1'000'000;

inline RequestIds ids_at(double share, std::uint64_t seed = 7) {
  return RequestIds(seed, SampleRate::make(share).value());
}

inline ExpectedSpans three_requests() {
  return {.phases = {{ids_at(1), 3, {}, {}}}, .spans_per_request = 1};
}

inline SpanId own_span(std::uint64_t k) {
  SpanId id;
  id.bytes = {0xab, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(k + 1)};
  return id;
}

/// The span that a target makes of request `k`.
inline SpanSeen server_span(const RequestIds& ids, std::uint64_t k) {
  const TraceContext context = ids.at(k);
  return {context.trace_id, own_span(k), context.span_id, 100 * kMs, 101 * kMs, 103 * kMs};
}

/// Its child, as a second process or layer of the target would add.
inline SpanSeen child_span(const RequestIds& ids, std::uint64_t k) {
  SpanSeen span = server_span(ids, k);
  span.parent_span_id = span.span_id;
  span.span_id.bytes[0] = 0xcd;
  return span;
}

inline Receipt receipt_of(const ExpectedSpans& expected, const std::vector<SpanSeen>& spans) {
  return make_receipt(expected, spans, {}, 0);
}

}  // namespace tracetax::testing
