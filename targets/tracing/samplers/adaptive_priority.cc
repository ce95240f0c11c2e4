// "Errors 100 %, high priority 100 %, all else 1 %" as head samplers are often written: it looks at
// the attributes that a span starts with. It cannot see how the request ends, so of errors it keeps
// the share of all else. It is here to show that: docs/tracing-sdk.md.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/core/request/request_ids.h"
#include "targets/tracing/samplers/entry_sampler.h"
#include "targets/tracing/samplers/sampler_arguments.h"

namespace tracetax {
namespace {

struct PriorityRates {
  double error = 1;
  double high = 1;
  double normal = 0.01;
};

template <typename Value>
bool is_value(const Attribute& attribute, const Value& expected) {
  const auto* value = std::get_if<Value>(&attribute.value);
  return value != nullptr && *value == expected;
}

/// What may say so at the start: a flag of one's own, or the conventions' attributes of an error.
bool says_error(const Attribute& attribute) {
  const auto* status = std::get_if<std::int64_t>(&attribute.value);
  return (attribute.key == "error" && is_value(attribute, true)) || attribute.key == "error.type" ||
         (attribute.key == "http.response.status_code" && status != nullptr && *status >= 500);
}

bool says_high(const Attribute& attribute) {
  return attribute.key == "request.priority" && is_value(attribute, std::string("high"));
}

class AdaptivePriority final : public EntrySampler {
 public:
  explicit AdaptivePriority(const PriorityRates& rates)
      : rates_(rates),
        error_(threshold_of(rates.error)),
        high_(threshold_of(rates.high)),
        normal_(threshold_of(rates.normal)) {}
  std::string describe() const override {
    return fmt::format("AdaptiveSampler{{high={},normal={},error={}}}", rates_.high, rates_.normal,
                       rates_.error);
  }

 protected:
  SamplingResult decide_entry(const SamplingInput& input) const noexcept override {
    std::uint64_t threshold = normal_;
    if (std::ranges::any_of(input.attributes, says_error)) {
      threshold = error_;
    } else if (std::ranges::any_of(input.attributes, says_high)) {
      threshold = high_;
    }
    return ratio_keeps(input.trace_id, threshold) ? SamplingDecision::record_and_sample
                                                  : SamplingDecision::drop;
  }

 private:
  static std::uint64_t threshold_of(double share) {
    return ratio_threshold(*SampleRate::make(share));
  }
  PriorityRates rates_;
  std::uint64_t error_, high_, normal_;
};

}  // namespace

Result<SamplerPointer> sampler_adaptive_priority(std::string_view argument) {
  PriorityRates rates;
  const auto read = read_sampler_argument(
      argument, {share_setting("normal", rates.normal), share_setting("high", rates.high),
                 share_setting("error", rates.error)});
  if (!read) return failure(read.error());
  return std::make_unique<AdaptivePriority>(rates);
}

}  // namespace tracetax
