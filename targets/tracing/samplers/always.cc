// AlwaysOn and AlwaysOff.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/sampler.h"

namespace tracetax {
namespace {

class Always final : public Sampler {
 public:
  explicit Always(SamplingDecision decision) : decision_(decision) {}
  SamplingResult decide(const SamplingInput&) const noexcept override { return decision_; }
  std::string describe() const override {
    return decision_ == SamplingDecision::drop ? "AlwaysOffSampler" : "AlwaysOnSampler";
  }

 private:
  SamplingDecision decision_;
};

}  // namespace

SamplerPointer make_always_on() {
  return std::make_unique<Always>(SamplingDecision::record_and_sample);
}
SamplerPointer make_always_off() { return std::make_unique<Always>(SamplingDecision::drop); }

Result<SamplerPointer> sampler_always_on(std::string_view) { return make_always_on(); }
Result<SamplerPointer> sampler_always_off(std::string_view) { return make_always_off(); }

}  // namespace tracetax
