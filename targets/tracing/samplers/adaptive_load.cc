// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/adaptive_load.h"

#include <algorithm>
#include <utility>

#include "harness/core/request/request_ids.h"
#include "targets/tracing/samplers/sampler_arguments.h"

namespace tracetax {
namespace {

std::uint64_t threshold_at(double share) noexcept {
  return ratio_threshold(SampleRate::make(share).value_or(SampleRate{}));
}

}  // namespace

double adaptive_load_rate(const AdaptiveLoadRule& rule, double requests_per_s,
                          double error_share) noexcept {
  const bool busy = requests_per_s > rule.busy_per_s;
  const bool failing = error_share > rule.error_share;
  double rate = rule.base;
  if (busy && !(failing && rule.errors_first)) {
    rate = rule.busy_rate;
  } else if (failing) {
    rate = rule.base * rule.boost;
  }
  return std::clamp(rate, rule.least, rule.most);
}

AdaptiveLoad::AdaptiveLoad(const AdaptiveLoadRule& rule, SamplerClock clock)
    : rule_(rule),
      clock_(std::move(clock)),
      threshold_(threshold_at(rule.base)),
      share_(rule.base),
      window_end_ns_(clock_() + rule.window.count()) {}

SamplingResult AdaptiveLoad::decide_entry(const SamplingInput& input) const noexcept {
  const std::int64_t now = clock_();
  if (now >= window_end_ns_.load(kRelaxed)) close_window(now);
  requests_.fetch_add(1, kRelaxed);
  return ratio_keeps(input.trace_id, threshold_.load(kRelaxed))
             ? SamplingDecision::record_and_sample
             : SamplingDecision::drop;
}

void AdaptiveLoad::on_end(const SpanData& span) noexcept {
  if (!is_entry(span)) return;
  kept_ended_.fetch_add(1, kRelaxed);
  if (span.status == SpanStatus::error) errors_.fetch_add(1, kRelaxed);
}

void AdaptiveLoad::close_window(std::int64_t now_ns) const noexcept {
  const std::unique_lock lock(closing_, std::try_to_lock);
  const std::int64_t end = window_end_ns_.load(kRelaxed);
  if (!lock.owns_lock() || now_ns < end) return;
  const std::int64_t window = rule_.window.count();
  const std::int64_t more = (now_ns - end) / window;  // whole windows without a request
  const auto seconds = static_cast<double>(window * (1 + more)) * 1e-9;
  const auto requests = static_cast<double>(requests_.exchange(0, kRelaxed));
  const auto ended = static_cast<double>(kept_ended_.exchange(0, kRelaxed));
  const auto errors = static_cast<double>(errors_.exchange(0, kRelaxed));
  if (ended > 0) error_share_ = errors / ended;
  const double rate = adaptive_load_rate(rule_, requests / seconds, error_share_);
  share_.store(rate, kRelaxed);
  threshold_.store(threshold_at(rate), kRelaxed);
  window_end_ns_.store(end + window * (1 + more), kRelaxed);
}

std::string AdaptiveLoad::describe() const {
  return fmt::format("AdaptiveLoadSampler{{base={},now={}}}", rule_.base, share());
}

Result<SamplerPointer> sampler_adaptive_load(std::string_view argument) {
  AdaptiveLoadRule rule;
  const auto read_order = [&rule](std::string_view text) -> Status {
    rule.errors_first = text == "errors";
    if (text == "errors" || text == "load") return {};
    return failure(ExitCode::usage, fmt::format("'{}' is neither load nor errors", text));
  };
  const auto read = read_sampler_argument(
      argument, {share_setting("base", rule.base), factor_setting("boost", rule.boost),
                 share_setting("error_share", rule.error_share),
                 rate_setting("busy", rule.busy_per_s), share_setting("busy_rate", rule.busy_rate),
                 share_setting("least", rule.least), share_setting("most", rule.most),
                 time_setting("window", rule.window, std::chrono::milliseconds(1)),
                 SamplerSetting{"first", read_order}});
  if (!read) return failure(read.error());
  if (rule.least > rule.most) {
    return failure(ExitCode::usage,
                   fmt::format("least: {} is more than most, {}", rule.least, rule.most));
  }
  rule.base = std::clamp(rule.base, rule.least, rule.most);
  return std::make_unique<AdaptiveLoad>(rule);
}

}  // namespace tracetax
