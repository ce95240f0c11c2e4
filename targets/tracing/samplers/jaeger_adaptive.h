// Jaeger's adaptive sampling: each operation (span name) gets the probability at which it gives
// about one trace a second. In the real system collectors count the traces that arrive and work the
// probabilities out, and the SDK asks for them once a minute; here all of it is in the process.
// Sources: jaeger internal/sampling/samplingstrategy/adaptive (August 2026), jaeger-client-go
// sampler.go (PerOperationSampler, GuaranteedThroughputProbabilisticSampler).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "targets/tracing/samplers/entry_sampler.h"
#include "targets/tracing/samplers/leaky_bucket.h"
#include "targets/tracing/samplers/sampler_clock.h"

namespace tracetax {

/// Jaeger's defaults.
struct JaegerAdaptiveRule {
  double target_per_s = 1;        // traces of one operation
  double tolerance = 0.3;         // nearer to the target than this share of it: no change
  double initial = 0.001;         // probability of a new operation
  double floor = 1e-5;            // no probability is below it
  double rise = 1;                // at most this share more in one step; falls are not limited
  double least_per_s = 1.0 / 60;  // the lower bound: so many of an operation are kept in any case
  Nanos interval = std::chrono::minutes(1);  // between two calculations
  Nanos delay = std::chrono::minutes(2);     // a calculation looks at what happened so long ago
};

/// The next probability of an operation that gave `per_s` traces a second at `probability`.
/// Traces that only the lower bound kept do not count.
[[nodiscard]] double next_jaeger_probability(const JaegerAdaptiveRule& rule, double per_s,
                                             double probability) noexcept;

/// There is no thread: who decides first after an interval calculates. It lets nobody wait.
class JaegerAdaptive final : public EntrySampler {
 public:
  explicit JaegerAdaptive(const JaegerAdaptiveRule& rule,
                          SamplerClock clock = steady_sampler_clock());
  ~JaegerAdaptive() override;
  JaegerAdaptive(const JaegerAdaptive&) = delete;
  JaegerAdaptive& operator=(const JaegerAdaptive&) = delete;

  std::string describe() const override;
  /// The probability in force for an operation.
  [[nodiscard]] double share(std::string_view operation) const noexcept;

 protected:
  SamplingResult decide_entry(const SamplingInput& input) const noexcept override;

 private:
  struct Operation;
  static constexpr std::size_t kPlaces = 4096;          // a power of 2
  static constexpr std::size_t kMostOperations = 2000;  // as in Jaeger's client; others: `initial`

  Operation* find(std::string_view name) const noexcept;
  Operation* find_or_add(std::string_view name, std::int64_t now_ns) const noexcept;
  void close_interval(std::int64_t now_ns) const noexcept;

  const JaegerAdaptiveRule rule_;
  const SamplerClock clock_;
  const std::size_t delayed_;  // calculations until an interval is looked at
  const std::uint64_t initial_threshold_;
  mutable std::array<std::atomic<Operation*>, kPlaces> places_{};  // owned; never taken out
  mutable std::atomic<std::size_t> operations_{0};
  mutable std::atomic<std::int64_t> interval_end_ns_;
  mutable std::mutex closing_;  // only ever tried
};

}  // namespace tracetax
