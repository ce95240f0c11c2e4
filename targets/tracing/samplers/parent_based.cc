// ParentBased: the caller's decision stands; only roots are decided here.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "targets/tracing/sampler.h"

namespace tracetax {
namespace {

class ParentBased final : public Sampler {
 public:
  explicit ParentBased(SamplerPointer root) : root_(std::move(root)) {}
  SamplingResult decide(const SamplingInput& input) const noexcept override {
    if (!input.parent) return root_->decide(input);
    return input.parent->sampled() ? SamplingDecision::record_and_sample : SamplingDecision::drop;
  }
  bool hears_of_ends() const noexcept override { return root_->hears_of_ends(); }
  void on_end(const SpanData& span) noexcept override { root_->on_end(span); }
  std::string describe() const override {
    return fmt::format("ParentBased{{root:{}}}", root_->describe());
  }

 private:
  SamplerPointer root_;
};

}  // namespace

SamplerPointer make_parent_based(SamplerPointer root) {
  return std::make_unique<ParentBased>(std::move(root));
}

Result<SamplerPointer> sampler_parentbased_always_on(std::string_view) {
  return make_parent_based(make_always_on());
}
Result<SamplerPointer> sampler_parentbased_always_off(std::string_view) {
  return make_parent_based(make_always_off());
}

}  // namespace tracetax
