// At most so many traces a second, whichever come first: Jaeger's ratelimiting sampler.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/tracing/sampler.h"
#include "targets/tracing/samplers/sampler_clock.h"

namespace tracetax {

/// `per_s` is more than 0.
[[nodiscard]] SamplerPointer make_rate_limiting(double per_s,
                                                SamplerClock clock = steady_sampler_clock());

}  // namespace tracetax
