// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/rate_limiting.h"

#include <utility>

#include "targets/tracing/samplers/entry_sampler.h"
#include "targets/tracing/samplers/leaky_bucket.h"
#include "targets/tracing/samplers/sampler_arguments.h"

namespace tracetax {
namespace {

class RateLimiting final : public EntrySampler {
 public:
  RateLimiting(double per_s, SamplerClock clock)
      : clock_(std::move(clock)), per_s_(per_s), bucket_(per_s, clock_()) {}
  std::string describe() const override { return fmt::format("RateLimitingSampler{{{}}}", per_s_); }

 protected:
  SamplingResult decide_entry(const SamplingInput&) const noexcept override {
    return bucket_.take(clock_()) ? SamplingDecision::record_and_sample : SamplingDecision::drop;
  }

 private:
  SamplerClock clock_;
  double per_s_;
  mutable LeakyBucket bucket_;
};

}  // namespace

SamplerPointer make_rate_limiting(double per_s, SamplerClock clock) {
  return std::make_unique<RateLimiting>(per_s, std::move(clock));
}

Result<SamplerPointer> sampler_rate_limiting(std::string_view argument) {
  double per_s = 100;
  const auto read = read_sampler_argument(argument, {rate_setting("rate", per_s)});
  if (!read) return failure(read.error());
  return make_rate_limiting(per_s);
}

}  // namespace tracetax
