// 64 bits that stand for a trace or a span where a whole id would cost too much memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

#include "harness/core/request/request_ids.h"
#include "harness/core/request/trace_context.h"

namespace tracetax {

/// Two different traces share a key with probability 2^-64, if their ids are not made to.
[[nodiscard]] inline std::uint64_t trace_key(const TraceId& id) noexcept {
  std::uint64_t high = 0, low = 0;
  std::memcpy(&high, id.bytes.data(), sizeof high);
  std::memcpy(&low, id.bytes.data() + sizeof high, sizeof low);
  return derive_seed(high, low);
}

[[nodiscard]] inline std::uint64_t span_key(const TraceId& trace_id,
                                            const SpanId& span_id) noexcept {
  std::uint64_t span = 0;
  std::memcpy(&span, span_id.bytes.data(), sizeof span);
  return derive_seed(trace_key(trace_id), span);
}

}  // namespace tracetax
