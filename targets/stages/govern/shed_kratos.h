// kratos' rate limiter, aegis' BBR: while the CPU is busy, or within a second of the first drop, no
// more requests at once than the best bucket's rate times the shortest bucket's response time
// allow. Source: aegis ratelimit/bbr/bbr.go v0.2.0, kratos middleware/ratelimit v2.9.2. Response
// times are cut to whole milliseconds there, and so here; shorter ones are not seen. The stage
// answers 429 with kratos' error object.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "targets/request/stage.h"
#include "targets/stages/metrics/rolling_window.h"

namespace tracetax {

struct ShedKratosSpec {
  Nanos window = std::chrono::seconds(10);
  int buckets = 100;
  std::int64_t cpu_threshold = 800;  // thousandths
  Nanos cpu_every = std::chrono::milliseconds(500);
  /// The smoothed load in thousandths. Empty: the control group's own, by CpuSampler.
  std::function<std::int64_t()> cpu = {};
};
[[nodiscard]] StagePointer make_stage(const ShedKratosSpec& spec);

/// Any thread.
class KratosShedder {
 public:
  KratosShedder(const ShedKratosSpec& spec, Nanos start);
  /// False: drop it. True: done() must follow.
  [[nodiscard]] bool allow(Nanos now, std::int64_t cpu_milli);
  void done(Nanos started, Nanos now);

  [[nodiscard]] std::int64_t in_flight() const { return in_flight_.load(); }
  /// How many requests at once are fine at `now`; kept for one bucket's time.
  [[nodiscard]] std::int64_t flights_max(Nanos now);

 private:
  struct Cached {
    std::int64_t value = 0;
    Nanos made{0};
  };
  [[nodiscard]] std::int64_t passes_max(Nanos now);
  [[nodiscard]] std::int64_t ms_min(Nanos now);
  [[nodiscard]] bool flies_too_high(Nanos now);

  ShedKratosSpec spec_;
  std::mutex mutex_;  // guards the windows and what is cached of them
  RollingWindow<SumBucket> passes_;
  RollingWindow<SumBucket> times_;
  std::optional<Cached> passes_max_;
  std::optional<Cached> ms_min_;
  std::atomic<std::int64_t> in_flight_ = 0;
  std::atomic<std::int64_t> first_drop_ns_;
};

}  // namespace tracetax
