// ProbabilitySampler of the specification (in development, August 2026), which is to replace
// TraceIdRatioBased from 2027 on: R >= T of 56 bits, told to others as ot=th in tracestate. It has
// no name in OTEL_TRACES_SAMPLER yet; "probability" is ours.
// https://opentelemetry.io/docs/specs/otel/trace/sdk/#probabilitysampler
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/core/request/ratio_rules.h"
#include "targets/tracing/context/ot_trace_state.h"
#include "targets/tracing/samplers/entry_sampler.h"
#include "targets/tracing/samplers/sampler_arguments.h"

namespace tracetax {
namespace {

constexpr int kAllDigits = 14;

/// The threshold in so many significant digits of hex, leading f's not counted: the specification's
/// "precision", by the method of its page on probability sampling. It has 12 digits at most then.
std::uint64_t rounded_threshold(double share, int digits) {
  if (share >= 1) return 0;
  int exponent = 0;
  std::frexp(share, &exponent);
  // As Python's floor division by -4 has it: for shares below 1/2 the exponent is not above 0.
  const int kept = std::clamp(digits + -exponent / 4, 1, 12);
  // Between 1 and 2, whose doubles have 13 digits of hex after the point.
  const double rejected = 2 - share + std::ldexp(0.5, -4 * kept);
  const std::uint64_t most = (1ULL << (4 * kept)) - 1;
  const auto units = static_cast<std::uint64_t>(std::ldexp(rejected - 1, 4 * kept));
  return std::min(units, most) << (56 - 4 * kept);
}

class Probability final : public EntrySampler {
 public:
  Probability(double share, std::uint64_t threshold)
      : share_(share),
        threshold_(threshold),
        text_(threshold == kTwoTo56 ? "max" : ot_threshold_text(threshold)) {}
  std::string describe() const override {
    return fmt::format("ProbabilitySampler{{threshold={}, ratio={}}}", text_, share_);
  }

 protected:
  SamplingResult decide_entry(const SamplingInput& input) const noexcept override {
    const std::string_view state = input.trace_state;
    const auto explicit_randomness = state.empty() ? std::nullopt : ot_randomness(state);
    const bool keeps = explicit_randomness.value_or(randomness_of(input.trace_id)) >= threshold_;
    SamplingResult result(keeps ? SamplingDecision::record_and_sample : SamplingDecision::drop);
    // Who drops erases the threshold of whoever decided before.
    if (keeps || !state.empty()) {
      result.trace_state = with_ot_threshold(state, keeps ? std::string_view(text_) : "");
    }
    return result;
  }

 private:
  double share_;
  std::uint64_t threshold_;  // 2^56: nothing is kept, and it is not written
  std::string text_;
};

}  // namespace

Result<SamplerPointer> sampler_probability(std::string_view argument) {
  double share = 1;
  int digits = kAllDigits;
  const auto read_share = [&share](std::string_view text) -> Status {
    const auto value = plain_number(text);
    const bool percent = !value && text.ends_with('%');
    const auto rate = percent ? parse_sample_rate(text).map(&SampleRate::share) : value;
    if (!rate) return failure(rate.error());
    // 2^-56 is the least that the specification knows.
    if (*rate != 0 && !(*rate >= std::ldexp(1.0, -56) && *rate <= 1)) {
      return failure(ExitCode::usage,
                     fmt::format("'{}' is not 0, and not within 2^-56 and 1", text));
    }
    share = *rate;
    return {};
  };
  const auto read_digits = [&digits](std::string_view text) -> Status {
    const auto value = plain_number(text);
    if (!value || *value != std::floor(*value) || *value < 1 || *value > kAllDigits) {
      return failure(ExitCode::usage,
                     fmt::format("'{}' is not a whole number from 1 to {}", text, kAllDigits));
    }
    digits = static_cast<int>(*value);
    return {};
  };
  const auto read =
      read_sampler_argument(argument, {{"ratio", read_share}, {"digits", read_digits}});
  if (!read) return failure(read.error());
  std::uint64_t threshold = kTwoTo56;
  if (share > 0) {
    threshold = digits == kAllDigits ? rejection_threshold(*SampleRate::make(share))
                                     : rounded_threshold(share, digits);
  }
  return std::make_unique<Probability>(share, threshold);
}

}  // namespace tracetax
