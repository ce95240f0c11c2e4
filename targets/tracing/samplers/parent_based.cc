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
  SamplingDecision decide(const SamplingInput& input) const noexcept override {
    if (!input.parent) return root_->decide(input);
    return input.parent->sampled() ? SamplingDecision::record_and_sample : SamplingDecision::drop;
  }
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

}  // namespace tracetax
