// TraceIDRatioBased by the Go SDK's rule, shared with the driver so that both sides always agree.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "harness/core/request/ratio_rules.h"
#include "harness/core/request/request_ids.h"
#include "targets/tracing/sampler.h"
#include "targets/tracing/samplers/sampler_arguments.h"

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

/// As another SDK would decide at the same rate.
class RatioOfRule final : public Sampler {
 public:
  RatioOfRule(SampleRate rate, RatioRule rule) : rate_(rate), rule_(rule), decision_(rule, rate) {}
  SamplingResult decide(const SamplingInput& input) const noexcept override {
    return decision_.keeps(input.trace_id) ? SamplingDecision::record_and_sample
                                           : SamplingDecision::drop;
  }
  std::string describe() const override {
    return fmt::format("TraceIDRatioBased{{{},rule={}}}", rate_.share(), name_of(rule_));
  }

 private:
  SampleRate rate_;
  RatioRule rule_;
  RatioDecision decision_;
};

}  // namespace

SamplerPointer make_trace_id_ratio(SampleRate rate) { return std::make_unique<TraceIdRatio>(rate); }

/// "0.01", or "0.01,rule=java". All if nothing is said.
Result<SamplerPointer> sampler_traceidratio(std::string_view argument) {
  double share = 1;
  RatioRule rule = RatioRule::go;
  const auto read_share = [&share](std::string_view text) -> Status {
    const auto value = plain_number(text);
    if (!value || *value < 0 || *value > 1) {
      return failure(ExitCode::usage, fmt::format("'{}' is not a number from 0 to 1", text));
    }
    share = *value;
    return {};
  };
  const auto read_rule = [&rule](std::string_view text) -> Status {
    const auto named = parse_ratio_rule(text);
    if (!named) return failure(named.error());
    rule = *named;
    return {};
  };
  const auto read = read_sampler_argument(argument, {{"ratio", read_share}, {"rule", read_rule}});
  if (!read) return failure(read.error());
  const auto rate = SampleRate::make(share);
  if (!rate) return failure(rate.error());
  if (rule == RatioRule::go) return make_trace_id_ratio(*rate);
  return std::make_unique<RatioOfRule>(*rate, rule);
}
Result<SamplerPointer> sampler_parentbased_traceidratio(std::string_view argument) {
  return sampler_traceidratio(argument).map(make_parent_based);
}

}  // namespace tracetax
