// go-zero's adaptive shedder: while the CPU is busy, no more requests at once than the best
// bucket's rate times the shortest bucket's response time allow (after BBR). Source: go-zero
// core/load/adaptiveshedder.go, rest/handler/sheddinghandler.go, v1.10.3; the log line per dropped
// request is left out. The stage answers 503 without a body, and takes a 503 from behind it as a
// failure, which counts for nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "targets/request/stage.h"
#include "targets/stages/metrics/rolling_window.h"

namespace tracetax {

struct ShedGozeroSpec {
  Nanos window = std::chrono::seconds(5);
  int buckets = 50;
  std::int64_t cpu_threshold = 900;  // thousandths, below 1000; 0: the shedder is not built
  Nanos cool_off = std::chrono::seconds(1);
  Nanos cpu_every = std::chrono::milliseconds(250);
  unsigned status = 503;  // of the answer; zRPC's is another
  /// The smoothed load in thousandths. Empty: the control group's own, by CpuSampler.
  std::function<std::int64_t()> cpu = {};
};
[[nodiscard]] StagePointer make_stage(const ShedGozeroSpec& spec);

/// Any thread.
class GozeroShedder {
 public:
  GozeroShedder(const ShedGozeroSpec& spec, Nanos start);
  /// False: drop it. True: pass() or fail() must follow.
  [[nodiscard]] bool allow(Nanos now, std::int64_t cpu_milli);
  void pass(Nanos started, Nanos now);
  void fail();

  [[nodiscard]] std::int64_t in_flight() const { return flying_.load(); }
  /// How many requests at once are fine at `now`; at least 1, and before the load is considered.
  [[nodiscard]] double flights_max(Nanos now) const;

 private:
  struct Counter {
    explicit Counter(const ShedGozeroSpec& spec, Nanos start);
    void add(Nanos now, std::int64_t value);
    mutable std::mutex mutex;
    RollingWindow<SumBucket> window;
  };
  [[nodiscard]] bool still_hot(Nanos now);
  [[nodiscard]] bool flies_too_high(Nanos now, std::int64_t cpu_milli) const;
  [[nodiscard]] double average_flying() const;
  void land();

  ShedGozeroSpec spec_;
  Counter passes_;
  Counter times_;  // in milliseconds, rounded up
  std::atomic<std::int64_t> flying_ = 0;
  mutable std::mutex average_mutex_;
  double average_flying_ = 0;
  std::atomic<std::int64_t> overloaded_ns_;
  std::atomic<bool> dropped_recently_ = false;
};

}  // namespace tracetax
