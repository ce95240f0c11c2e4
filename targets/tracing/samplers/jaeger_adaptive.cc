// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/jaeger_adaptive.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

#include "harness/core/request/request_ids.h"
#include "targets/tracing/samplers/sampler_arguments.h"

namespace tracetax {
namespace {

constexpr int kBucketsKept = 10;  // an operation without traces for so many intervals is forgotten

std::uint64_t threshold_for(double probability) noexcept {
  return ratio_threshold(SampleRate::make(probability).value_or(SampleRate{}));
}

/// Jaeger compares probabilities as text with six decimals.
bool same_probability(double one, double other) noexcept {
  return std::llround(one * 1e6) == std::llround(other * 1e6);
}
/// And as numbers, where it compares with the initial one.
bool equal_floats(double one, double other) noexcept { return std::abs(one - other) < 1e-10; }

struct Interval {
  bool seen = false;  // at least one trace, be it by the lower bound
  std::int64_t traces = 0;
  double probability = 0;
};

}  // namespace

struct JaegerAdaptive::Operation {
  Operation(std::string_view its_name, const JaegerAdaptiveRule& rule, std::int64_t now_ns)
      : name(its_name),
        probability(rule.initial),
        threshold(threshold_for(rule.initial)),
        lower_bound(rule.least_per_s, now_ns) {}

  const std::string name;
  std::atomic<double> probability;
  std::atomic<std::uint64_t> threshold;
  std::atomic<std::int64_t> traces{0};  // of this interval, kept by probability
  std::atomic<bool> seen{false};
  LeakyBucket lower_bound;

  // Under closing_.
  std::deque<Interval> waiting;  // until they are old enough to be looked at
  std::optional<double> last_per_s;
  int intervals_ago = 0;
  bool was_adaptive = false;
  double was_probability = 0;

  void calculate(const JaegerAdaptiveRule& rule, std::size_t delayed) {
    waiting.push_back(
        {seen.exchange(false, kRelaxed), traces.exchange(0, kRelaxed), probability.load(kRelaxed)});
    if (waiting.size() <= delayed) return;
    const Interval at = waiting.front();
    waiting.pop_front();
    const double old = probability.load(kRelaxed);
    if (at.seen) {
      last_per_s =
          static_cast<double>(at.traces) / (static_cast<double>(rule.interval.count()) * 1e-9);
      intervals_ago = 0;
    } else if (++intervals_ago >= kBucketsKept) {
      last_per_s.reset();
    }
    if (!last_per_s) {
      put(rule.initial);
      was_adaptive = false;
      was_probability = rule.initial;
      return;
    }
    // PostAggregator.isUsingAdaptiveSampling: a probability is changed only after one was seen in
    // force. Without traces the last rate counts on, for as long as the operation is remembered.
    bool adaptive = equal_floats(old, rule.initial);
    if (!adaptive) {
      adaptive = at.seen ? same_probability(at.probability, old)
                         : was_adaptive && !equal_floats(was_probability, rule.initial);
    }
    was_adaptive = adaptive;
    was_probability = old;
    if (adaptive) put(next_jaeger_probability(rule, *last_per_s, old));
  }

 private:
  void put(double next) {
    probability.store(next, kRelaxed);
    threshold.store(threshold_for(next), kRelaxed);
  }
};

double next_jaeger_probability(const JaegerAdaptiveRule& rule, double per_s,
                               double probability) noexcept {
  if (std::abs(per_s - rule.target_per_s) / rule.target_per_s < rule.tolerance) return probability;
  double next = probability * 2;  // none at all: twice as much, so that one comes
  if (!equal_floats(per_s, 0)) {
    next = std::min(probability * (rule.target_per_s / per_s), probability * (1 + rule.rise));
  }
  return std::min(1.0, std::max(rule.floor, next));
}

JaegerAdaptive::JaegerAdaptive(const JaegerAdaptiveRule& rule, SamplerClock clock)
    : rule_(rule),
      clock_(std::move(clock)),
      delayed_(static_cast<std::size_t>((rule.delay + rule.interval / 2) / rule.interval)),
      initial_threshold_(threshold_for(rule.initial)),
      interval_end_ns_(clock_() + rule.interval.count()) {}

JaegerAdaptive::~JaegerAdaptive() {
  for (const auto& place : places_) delete place.load(kRelaxed);
}

SamplingResult JaegerAdaptive::decide_entry(const SamplingInput& input) const noexcept {
  const std::int64_t now = clock_();
  if (now >= interval_end_ns_.load(kRelaxed)) close_interval(now);
  Operation* const operation = find_or_add(input.name, now);
  if (operation == nullptr) {
    return ratio_keeps(input.trace_id, initial_threshold_) ? SamplingDecision::record_and_sample
                                                           : SamplingDecision::drop;
  }
  const bool by_chance = ratio_keeps(input.trace_id, operation->threshold.load(kRelaxed));
  // What chance keeps uses up the lower bound too.
  const bool by_bound = operation->lower_bound.take(now);
  if (!by_chance && !by_bound) return SamplingDecision::drop;
  operation->seen.store(true, kRelaxed);
  if (by_chance) operation->traces.fetch_add(1, kRelaxed);
  return SamplingDecision::record_and_sample;
}

JaegerAdaptive::Operation* JaegerAdaptive::find(std::string_view name) const noexcept {
  for (std::size_t at = std::hash<std::string_view>{}(name);; ++at) {
    Operation* const found = places_[at % kPlaces].load(std::memory_order_acquire);
    if (found == nullptr || found->name == name) return found;
  }
}

JaegerAdaptive::Operation* JaegerAdaptive::find_or_add(std::string_view name,
                                                       std::int64_t now_ns) const noexcept {
  if (Operation* const found = find(name)) return found;
  // Room for one is taken before it is put in, so that the table never fills and find() ends.
  if (operations_.fetch_add(1, kRelaxed) >= kMostOperations) {
    operations_.fetch_sub(1, kRelaxed);
    return nullptr;
  }
  auto added = std::make_unique<Operation>(name, rule_, now_ns);
  for (std::size_t at = std::hash<std::string_view>{}(name);; ++at) {
    Operation* expected = nullptr;
    if (places_[at % kPlaces].compare_exchange_strong(expected, added.get(),
                                                      std::memory_order_acq_rel)) {
      return added.release();
    }
    if (expected->name == name) {  // somebody else was faster
      operations_.fetch_sub(1, kRelaxed);
      return expected;
    }
  }
}

void JaegerAdaptive::close_interval(std::int64_t now_ns) const noexcept {
  const std::unique_lock lock(closing_, std::try_to_lock);
  const std::int64_t end = interval_end_ns_.load(kRelaxed);
  if (!lock.owns_lock() || now_ns < end) return;
  const std::int64_t missed = (now_ns - end) / rule_.interval.count();
  // After so many intervals without a trace an operation is as it was at first.
  const std::int64_t most = static_cast<std::int64_t>(delayed_) + kBucketsKept + 1;
  for (const auto& place : places_) {
    Operation* const operation = place.load(std::memory_order_acquire);
    if (operation == nullptr) continue;
    for (std::int64_t i = 0; i <= std::min(missed, most); ++i)
      operation->calculate(rule_, delayed_);
  }
  interval_end_ns_.store(end + (missed + 1) * rule_.interval.count(), kRelaxed);
}

double JaegerAdaptive::share(std::string_view operation) const noexcept {
  const Operation* const found = find(operation);
  return found == nullptr ? rule_.initial : found->probability.load(kRelaxed);
}

std::string JaegerAdaptive::describe() const {
  return fmt::format("JaegerAdaptiveSampler{{target={},operations={}}}", rule_.target_per_s,
                     operations_.load(kRelaxed));
}

Result<SamplerPointer> sampler_jaeger_adaptive(std::string_view argument) {
  JaegerAdaptiveRule rule;
  constexpr auto kShortest = std::chrono::milliseconds(10);
  // What follows from the interval, unless it is said.
  Nanos delay(-1);
  double least_per_s = 0;
  const auto read = read_sampler_argument(
      argument,
      {rate_setting("target", rule.target_per_s), factor_setting("tolerance", rule.tolerance),
       share_setting("initial", rule.initial), share_setting("floor", rule.floor),
       factor_setting("rise", rule.rise), factor_setting("least", least_per_s),
       time_setting("interval", rule.interval, kShortest), time_setting("delay", delay, Nanos(0))});
  if (!read) return failure(read.error());
  rule.delay = delay < Nanos(0) ? 2 * rule.interval : delay;
  rule.least_per_s =
      least_per_s > 0 ? least_per_s : 1e9 / static_cast<double>(rule.interval.count());
  constexpr std::int64_t kMostDelayed = 1000;
  if (rule.delay / rule.interval > kMostDelayed) {
    return failure(ExitCode::usage, fmt::format("delay: more than {} intervals", kMostDelayed));
  }
  return std::make_unique<JaegerAdaptive>(rule);
}

}  // namespace tracetax
