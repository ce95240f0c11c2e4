// kratos' circuit breaker: aegis' client-side throttling after the SRE book, chapter 21. Source:
// aegis circuitbreaker/sre/sre.go v0.2.0 and kratos middleware/circuitbreaker v2.9.2, which counts
// what it rejects itself as a failure. kratos v3 has k = 2 and 20 requests. The stage answers 503
// with kratos' error object; 500, 503 and 504 are failures.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>

#include "targets/request/stage.h"
#include "targets/request/uniform.h"
#include "targets/stages/metrics/rolling_window.h"

namespace tracetax {

struct BreakerKratosSpec {
  Nanos window = std::chrono::seconds(3);
  int buckets = 10;
  double k = 1 / 0.6;
  std::int64_t requests_min = 100;  // fewer in the window are never dropped
};
[[nodiscard]] StagePointer make_stage(const BreakerKratosSpec& spec);

/// Any thread.
class KratosBreaker {
 public:
  KratosBreaker(const BreakerKratosSpec& spec, Nanos start);
  /// False: drop it; that is counted as a failure already. Takes a draw only when chance decides.
  [[nodiscard]] bool allow(Nanos now, Uniform uniform);
  void succeed(Nanos now) { add(now, 1); }
  void fail(Nanos now) { add(now, 0); }

 private:
  void add(Nanos now, std::int64_t value);

  BreakerKratosSpec spec_;
  std::mutex mutex_;
  RollingWindow<SumBucket> window_;
};

}  // namespace tracetax
