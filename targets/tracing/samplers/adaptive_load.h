// "Error rate above 1 %: ten times the rate. More than 10,000 requests a second: 0.01 %. Else the
// base rate", as a head sampler that looks at what happened in the last window. Both at once is
// said nowhere; here the load goes first, and `errors_first` turns that round. What is wrong with
// it is in docs/tracing-sdk.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "targets/tracing/samplers/entry_sampler.h"
#include "targets/tracing/samplers/sampler_clock.h"

namespace tracetax {

struct AdaptiveLoadRule {
  double base = 0.01;
  double boost = 10;           // times the base rate, where errors are more than
  double error_share = 0.01;   // this share of the traces that were kept
  double busy_per_s = 10'000;  // above it
  double busy_rate = 0.0001;   // this rate
  double least = 0.0001;       // what comes out is within these two
  double most = 1;
  Nanos window = std::chrono::seconds(1);
  bool errors_first = false;
};

/// The rate for the next window.
[[nodiscard]] double adaptive_load_rate(const AdaptiveLoadRule& rule, double requests_per_s,
                                        double error_share) noexcept;

/// A request's end is seen only if it was kept, so the error share is that of kept traces; without
/// any in a window the last estimate stays. There is no thread: who decides first after a window
/// closes it. Windows without requests count as time of the one before.
class AdaptiveLoad final : public EntrySampler {
 public:
  explicit AdaptiveLoad(const AdaptiveLoadRule& rule, SamplerClock clock = steady_sampler_clock());
  bool hears_of_ends() const noexcept override { return true; }
  void on_end(const SpanData& span) noexcept override;
  std::string describe() const override;
  /// The rate in force.
  [[nodiscard]] double share() const noexcept { return share_.load(std::memory_order_relaxed); }

 protected:
  SamplingResult decide_entry(const SamplingInput& input) const noexcept override;

 private:
  void close_window(std::int64_t now_ns) const noexcept;

  const AdaptiveLoadRule rule_;
  const SamplerClock clock_;
  mutable std::atomic<std::uint64_t> threshold_;
  mutable std::atomic<double> share_;
  mutable std::atomic<std::int64_t> window_end_ns_;
  mutable std::atomic<std::int64_t> requests_{0};
  mutable std::atomic<std::int64_t> kept_ended_{0};
  mutable std::atomic<std::int64_t> errors_{0};
  mutable std::mutex closing_;      // only ever tried: who finds it taken goes on with the old rate
  mutable double error_share_ = 0;  // under closing_
};

}  // namespace tracetax
