// What the samplers beyond the specification's six have in common: they decide where a trace enters
// this service, whatever the caller's flag says, and spans inside it follow.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "targets/tracing/sampler.h"

namespace tracetax {

/// Deciding for children too would let a trace fall apart wherever the decision changes with time.
class EntrySampler : public Sampler {
 public:
  [[nodiscard]] SamplingResult decide(const SamplingInput& input) const noexcept final {
    if (!input.parent || input.parent_is_remote) return decide_entry(input);
    return input.parent->sampled() ? SamplingDecision::record_and_sample : SamplingDecision::drop;
  }

 protected:
  [[nodiscard]] virtual SamplingResult decide_entry(const SamplingInput& input) const noexcept = 0;
};

/// For counts and rates, which say nothing of other memory.
inline constexpr auto kRelaxed = std::memory_order_relaxed;

/// Whether it entered this service: those are the spans that such a sampler decided on.
[[nodiscard]] inline bool is_entry(const SpanData& span) noexcept {
  return span.parent_is_remote || !span.parent_span_id.valid();
}

}  // namespace tracetax
