// The trace ids of a run as a pure function of (seed, request number): the driver writes them on
// the wire, and the receipt is checked against the same function afterwards, trace by trace.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/units.h"

namespace tracetax {

/// Ids of the requests 0, 1, 2, ... of one phase. A value; safe to copy and to use from any thread.
class RequestIds {
 public:
  RequestIds() = default;
  RequestIds(std::uint64_t seed, SampleRate rate) noexcept;

  /// Context of request `k`: fresh random-looking ids (SplitMix64 finaliser over seed and k, Steele
  /// et al. 2014) and the sampled flag. The flag is the trace-id-ratio decision of the Go SDK on
  /// that very id (big-endian bytes 8..15, shifted right once, below rate * 2^63), so that a target
  /// which decides by the same rule agrees with the caller.
  [[nodiscard]] TraceContext at(std::uint64_t k) const noexcept;

  /// How many of the requests [0, count) are sampled.
  [[nodiscard]] std::uint64_t sampled_among(std::uint64_t count) const noexcept;

  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  [[nodiscard]] SampleRate rate() const noexcept { return rate_; }

 private:
  std::uint64_t seed_ = 0;
  SampleRate rate_;
  std::uint64_t threshold_ = 0;  // rate * 2^63
};

/// Requests that carry spans of others, of `traces` traces each: request k has the trace ids of the
/// numbers [k * traces, (k + 1) * traces), and its spans are dealt out to them evenly. How many of
/// its `spans` trace `t` of them has.
[[nodiscard]] constexpr int carried_spans(int spans, int traces, int t) noexcept {
  return spans / traces + (t < spans % traces ? 1 : 0);
}

/// The Go SDK's trace-id-ratio rule: the bound to compare with, and the decision.
[[nodiscard]] std::uint64_t ratio_threshold(SampleRate rate) noexcept;
[[nodiscard]] bool ratio_keeps(const TraceId& id, std::uint64_t threshold) noexcept;

/// One step of SplitMix64's output function: a bijective mix of 64 bits. The seed tree of a plan
/// hangs on it: derive(derive(seed, block), arm).
[[nodiscard]] std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t branch) noexcept;

}  // namespace tracetax
