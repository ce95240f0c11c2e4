// Scripted loads for samplers, on a clock of their own: the code that decides in a service, asked
// about millions of requests in a second or two. `tracetax-target --sampler-steps` prints what
// comes of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "targets/tracing/sampler.h"
#include "targets/tracing/samplers/sampler_clock.h"

namespace tracetax {

/// So long so many requests a second, of which so many fail.
struct LoadPart {
  int ticks = 0;
  double per_s = 0;
  double error_share = 0;
};

struct LoadTick {
  double rate = 0;  // in force where the tick ends; of a sampler without any, the share it kept
  std::uint64_t requests = 0, kept = 0, errors = 0, errors_kept = 0;
};

/// A sampler and the rate that it says it decides at, if it has one.
struct SteppedSampler {
  SamplerPointer sampler;
  std::function<double()> rate;
};

/// Requests of one operation; their number in a tick is Poisson's, and within it they are spread
/// evenly. What is kept ends at once. Repeatable: all chance is a function of `seed`.
[[nodiscard]] std::vector<LoadTick> run_load_steps(
    const std::vector<LoadPart>& parts, double tick_s, std::uint64_t seed,
    const std::function<SteppedSampler(SamplerClock)>& make);

/// Tables of lines of at most 80 characters: every sampler whose rate changes, on steps of the load
/// (9 to 11 k/s), of the errors (0.5 to 2 %), of both, and to just 10 k/s.
[[nodiscard]] std::string sampler_steps_text();

}  // namespace tracetax
