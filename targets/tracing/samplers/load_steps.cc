// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/load_steps.h"

#include <cmath>
#include <memory>
#include <random>
#include <span>
#include <utility>

#include "harness/core/request/request_ids.h"
#include "targets/tracing/samplers/adaptive_load.h"
#include "targets/tracing/samplers/jaeger_adaptive.h"
#include "targets/tracing/samplers/rate_limiting.h"
#include "targets/tracing/samplers/step_response.h"

namespace tracetax {
namespace {

constexpr std::string_view kOperation = "GET /users/:id";

/// By 32 bits of the id that no sampler here looks at.
bool fails(const TraceId& id, double share) {
  std::uint32_t chance = 0;
  for (std::size_t i = 0; i < 4; ++i) chance = chance << 8 | id.bytes[i];
  return chance < share * 4294967296.0;
}

LoadTick run_tick(const SteppedSampler& stepped, std::int64_t& now_ns, double tick_s,
                  const LoadPart& part, const RequestIds& ids, std::uint64_t& k,
                  std::mt19937_64& random) {
  LoadTick tick;
  tick.requests = std::poisson_distribution<std::uint64_t>(part.per_s * tick_s)(random);
  const std::int64_t start = now_ns;
  SpanData span;
  for (std::uint64_t i = 0; i < tick.requests; ++i) {
    now_ns = start + std::llround(tick_s * 1e9 * static_cast<double>(i) /
                                  static_cast<double>(tick.requests));
    const TraceId id = ids.at(k++).trace_id;
    const bool failed = fails(id, part.error_share);
    const bool kept =
        stepped.sampler->decide({.parent = {}, .trace_id = id, .name = kOperation}).decision ==
        SamplingDecision::record_and_sample;
    tick.errors += failed ? 1 : 0;
    if (!kept) continue;
    ++tick.kept;
    tick.errors_kept += failed ? 1 : 0;
    span.status = failed ? SpanStatus::error : SpanStatus::unset;
    if (stepped.sampler->hears_of_ends()) stepped.sampler->on_end(span);
  }
  tick.rate = stepped.rate ? stepped.rate()
                           : static_cast<double>(tick.kept) / static_cast<double>(tick.requests);
  now_ns = start + std::llround(tick_s * 1e9);
  return tick;
}

SteppedSampler jaeger_of(const JaegerAdaptiveRule& rule, SamplerClock clock) {
  auto sampler = std::make_unique<JaegerAdaptive>(rule, std::move(clock));
  auto rate = [own = sampler.get()] { return own->share(kOperation); };
  return {std::move(sampler), rate};
}

struct Contender {
  std::string_view name;
  double tick_s;      // what its rate may change at
  int before, after;  // ticks
  SteppedSampler (*make)(SamplerClock);
  bool rate_is_its_own = true;
};

SteppedSampler load_rule_of(bool errors_first, SamplerClock clock) {
  AdaptiveLoadRule rule;
  rule.errors_first = errors_first;
  auto sampler = std::make_unique<AdaptiveLoad>(rule, std::move(clock));
  auto rate = [own = sampler.get()] { return own->share(); };
  return {std::move(sampler), rate};
}

constexpr std::array kContenders{
    Contender{"adaptive_load", 1, 60, 120,
              [](SamplerClock clock) { return load_rule_of(false, std::move(clock)); }},
    Contender{"  first=errors", 1, 60, 120,
              [](SamplerClock clock) { return load_rule_of(true, std::move(clock)); }},
    Contender{"jaeger_adaptive", 60, 8, 12,
              [](SamplerClock clock) { return jaeger_of({}, std::move(clock)); }},
    Contender{"rate_limiting", 1, 60, 120,
              [](SamplerClock clock) {
                return SteppedSampler{make_rate_limiting(100, std::move(clock)), nullptr};
              },
              false},
};

struct LoadStep {
  std::string_view title;
  double per_s_before, per_s_after, errors_before, errors_after;
};
constexpr std::array kLoadSteps{
    LoadStep{"Load 9 k/s to 11 k/s, 0.5 % errors. Gain is of the load.", 9000, 11000, 0.005, 0.005},
    LoadStep{"Errors 0.5 % to 2 %, 9 k/s. Gain is of the errors.", 9000, 9000, 0.005, 0.02},
    LoadStep{"Both at once. Gain is of the load.", 9000, 11000, 0.005, 0.02},
    LoadStep{"Load 9 k/s to 10 k/s, 0.5 % errors. Gain is of the load.", 9000, 10000, 0.005, 0.005},
};

std::string row_of(const Contender& contender, const LoadStep& step) {
  const auto ticks = run_load_steps({{contender.before, step.per_s_before, step.errors_before},
                                     {contender.after, step.per_s_after, step.errors_after}},
                                    contender.tick_s, 1, contender.make);
  std::vector<double> rates;
  std::uint64_t errors = 0;
  std::uint64_t errors_kept = 0;
  for (const LoadTick& tick : ticks) {
    rates.push_back(tick.rate);
    if (rates.size() <= static_cast<std::size_t>(contender.before)) continue;
    errors += tick.errors;
    errors_kept += tick.errors_kept;
  }
  const double input = step.per_s_before == step.per_s_after
                           ? step.errors_after / step.errors_before
                           : step.per_s_after / step.per_s_before;
  const StepResponse response =
      step_response(rates, static_cast<std::size_t>(contender.before), contender.tick_s, input);
  const auto percent = [](double share) { return fmt::format("{:.3g}%", 100 * share); };
  // A tenth of the rate is no way to go beyond, and a share that is counted changes all the time.
  const bool moved = contender.rate_is_its_own &&
                     std::abs(response.after - response.before) > 0.1 * response.before;
  return fmt::format(
      "  {:<15}{:>9}{:>9}{:>8.2f}{:>8}{:>8}{:>9}{:>10}\n", contender.name, percent(response.before),
      percent(response.after), response.gain,
      response.settled_after_s ? fmt::format("{:.0f} s", *response.settled_after_s) : "never",
      moved ? fmt::format("{:.0f}%", 100 * response.overshoot) : "-",
      contender.rate_is_its_own ? fmt::format("{:.2g}", response.changes_per_min) : "-",
      percent(static_cast<double>(errors_kept) / static_cast<double>(errors)));
}

}  // namespace

std::vector<LoadTick> run_load_steps(const std::vector<LoadPart>& parts, double tick_s,
                                     std::uint64_t seed,
                                     const std::function<SteppedSampler(SamplerClock)>& make) {
  std::int64_t now_ns = 0;
  const SteppedSampler stepped = make([&now_ns] { return now_ns; });
  const RequestIds ids(seed, SampleRate{});
  std::mt19937_64 random(seed);
  std::uint64_t k = 0;
  std::vector<LoadTick> ticks;
  for (const LoadPart& part : parts) {
    for (int i = 0; i < part.ticks; ++i) {
      ticks.push_back(run_tick(stepped, now_ns, tick_s, part, ids, k, random));
    }
  }
  return ticks;
}

std::string sampler_steps_text() {
  std::string text;
  for (const LoadStep& step : kLoadSteps) {
    text += fmt::format("{}\n  {:<15}{:>9}{:>9}{:>8}{:>8}{:>8}{:>9}{:>10}\n", step.title, "",
                        "before", "after", "gain", "settled", "beyond", "changes", "errors");
    text += fmt::format("{:>68}{:>10}\n", "/min", "kept");
    for (const Contender& contender : kContenders) text += row_of(contender, step);
    text += '\n';
  }
  return text +
         "before, after: mean rate in the second half of the time before and after the\n"
         "step. gain: % of rate for 1 % of input. settled: until the rate stays within a\n"
         "tenth of it. beyond: how far it went past it, of the way. errors kept: of all\n"
         "after the step. The clock is scripted; the code is the sampler's own.\n";
}

}  // namespace tracetax
