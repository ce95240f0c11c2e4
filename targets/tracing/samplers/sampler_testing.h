// What the tests of samplers share: a clock that is set, and ids whose kept share is exact.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>

#include "targets/tracing/sampler.h"
#include "targets/tracing/samplers/sampler_clock.h"

namespace tracetax {

/// Copies of its clock() go by what is set here.
class SetClock {
 public:
  void set_seconds(double seconds) { *now_ns_ = std::llround(seconds * 1e9); }
  [[nodiscard]] SamplerClock clock() const {
    return [now = now_ns_] { return now->load(); };
  }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> now_ns_ =
      std::make_shared<std::atomic<std::int64_t>>(0);
};

/// Id k of n that are spread evenly over what Go's ratio rule looks at: at a share p it keeps those
/// with k + 1/2 < p * n.
inline TraceId spread_id(std::uint64_t k, std::uint64_t n) {
  const std::uint64_t low = UINT64_MAX / n * k + UINT64_MAX / n / 2;
  TraceId id;
  id.bytes[0] = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return id;
}

inline bool samples(const Sampler& sampler, const SamplingInput& input) {
  return sampler.decide(input).decision == SamplingDecision::record_and_sample;
}

/// Of `n` requests, spread evenly over the second that begins at `second`, how many are kept.
inline int kept_in_second(const Sampler& sampler, SetClock& clock, double second, std::uint64_t n) {
  int kept = 0;
  for (std::uint64_t k = 0; k < n; ++k) {
    clock.set_seconds(second + static_cast<double>(k) / static_cast<double>(n));
    kept += samples(sampler, {std::nullopt, spread_id(k, n), "GET"}) ? 1 : 0;
  }
  return kept;
}

inline SamplerPointer sampler_named(std::string_view name, std::string_view argument) {
  return find_in_catalog(sampler_catalog(), "sampler", name).value()(argument).value();
}

}  // namespace tracetax
