// TraceIDRatioBased by the Go SDK's rule, shared with the driver so that both sides always agree.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "harness/core/request/request_ids.h"
#include "targets/tracing/sampler.h"

namespace tracetax {
namespace {

class TraceIdRatio final : public Sampler {
 public:
  explicit TraceIdRatio(SampleRate rate) : rate_(rate), threshold_(ratio_threshold(rate)) {}
  SamplingDecision decide(const SamplingInput& input) const noexcept override {
    return ratio_keeps(input.trace_id, threshold_) ? SamplingDecision::record_and_sample
                                                   : SamplingDecision::drop;
  }
  std::string describe() const override {
    return fmt::format("TraceIDRatioBased{{{}}}", rate_.share());
  }

 private:
  SampleRate rate_;
  std::uint64_t threshold_;
};

}  // namespace

SamplerPointer make_trace_id_ratio(SampleRate rate) { return std::make_unique<TraceIdRatio>(rate); }

}  // namespace tracetax
