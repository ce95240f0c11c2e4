// The time that samplers go by, which tests and scripted load steps set themselves.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace tracetax {

/// Nanoseconds since any fixed time, never going back. Any thread may call it.
using SamplerClock = std::function<std::int64_t()>;
[[nodiscard]] SamplerClock steady_sampler_clock();

}  // namespace tracetax
