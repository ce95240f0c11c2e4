// TraceIDRatioBased by the Go SDK's rule, shared with the driver so that both sides always agree.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "harness/core/request/request_ids.h"
#include "targets/tracing/sampler.h"

namespace tracetax {
namespace {

class TraceIdRatio final : public Sampler {
 public:
  explicit TraceIdRatio(SampleRate rate) : rate_(rate), threshold_(ratio_threshold(rate)) {}
  SamplingResult decide(const SamplingInput& input) const noexcept override {
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

/// All if nothing is said.
Result<SampleRate> ratio_of(std::string_view argument) {
  if (argument.empty()) return SampleRate::make(1);
  double share = 0;
  const char* const end = argument.data() + argument.size();
  const auto [stop, error] = std::from_chars(argument.data(), end, share);
  // Written so that NaN fails too.
  if (error != std::errc{} || stop != end || !(share >= 0 && share <= 1)) {
    return failure(ExitCode::usage, fmt::format("'{}' is not a number from 0 to 1", argument));
  }
  return SampleRate::make(share);
}

}  // namespace

SamplerPointer make_trace_id_ratio(SampleRate rate) { return std::make_unique<TraceIdRatio>(rate); }

Result<SamplerPointer> sampler_traceidratio(std::string_view argument) {
  return ratio_of(argument).map(make_trace_id_ratio);
}
Result<SamplerPointer> sampler_parentbased_traceidratio(std::string_view argument) {
  return sampler_traceidratio(argument).map(make_parent_based);
}

}  // namespace tracetax
