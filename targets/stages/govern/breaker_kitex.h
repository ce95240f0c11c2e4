// kitex' circuit breaker (its CBSuite): closed until the error rate of the window is too high, then
// open for a while, then half-open with one probe now and then. Source: bytedance/gopkg
// cloud/circuitbreaker (breaker.go, metricer.go), kitex pkg/circuitbreak v0.16.3. There a ticker
// turns the buckets; here the calls do, at the same edges. The stage answers 503; 5xx are failures.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>

#include "targets/request/stage.h"
#include "targets/request/uniform.h"
#include "targets/stages/metrics/rolling_window.h"

namespace tracetax {

struct BreakerKitexSpec {
  Nanos window = std::chrono::seconds(10);
  int buckets = 100;
  double error_rate = 0.5;         // opens at this share of failures or more ...
  std::int64_t samples_min = 200;  // ... of at least so many requests
  Nanos open = std::chrono::seconds(5);
  Nanos probe_every = std::chrono::milliseconds(200);
  int probes_to_close = 2;
};
[[nodiscard]] StagePointer make_stage(const BreakerKitexSpec& spec);

/// Any thread.
class KitexBreaker {
 public:
  enum class State { closed, open, half_open };

  KitexBreaker(const BreakerKitexSpec& spec, Nanos start);
  /// Draws nothing; takes the source because all breakers do.
  [[nodiscard]] bool allow(Nanos now, Uniform unused);
  void succeed(Nanos now);
  void fail(Nanos now);
  [[nodiscard]] State state() const;

 private:
  struct Bucket {
    std::int64_t successes = 0;
    std::int64_t failures = 0;
  };
  Bucket& current(Nanos now);
  [[nodiscard]] bool trips() const;

  BreakerKitexSpec spec_;
  mutable std::mutex mutex_;
  RollingWindow<Bucket> window_;
  Bucket sum_;  // over the window
  State state_ = State::closed;
  Nanos opened_{0};
  Nanos probed_{0};
  int probes_succeeded_ = 0;
};

}  // namespace tracetax
