// go-zero's circuit breaker: client-side throttling after the SRE book, chapter 21, eq. 21-1.
// Beyond that it has a factor that shrinks while whole buckets fail, a forced pass now and then,
// and a softer ratio while whole buckets work. Source: go-zero core/breaker/googlebreaker.go,
// rest/handler/breakerhandler.go, v1.10.3. The stage answers 503 without a body; statuses from 500
// on are failures.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "targets/request/stage.h"
#include "targets/request/uniform.h"
#include "targets/stages/metrics/rolling_window.h"

namespace tracetax {

struct BreakerGozeroSpec {
  Nanos window = std::chrono::seconds(10);
  int buckets = 40;
  double k = 1.5;      // accepted requests allow so many times as many
  double k_min = 1.1;  // what k falls to when all buckets fail
  int protection = 5;  // so many requests are never dropped
  Nanos force_pass = std::chrono::seconds(1);
};
[[nodiscard]] StagePointer make_stage(const BreakerGozeroSpec& spec);

/// Any thread. A call costs a sum over all buckets; its end costs one addition under the lock.
class GozeroBreaker {
 public:
  GozeroBreaker(const BreakerGozeroSpec& spec, Nanos start);
  /// False: the request is to be dropped, and has been counted as dropped. Takes a draw only when
  /// chance decides. True: succeed() or fail() must follow.
  [[nodiscard]] bool allow(Nanos now, Uniform uniform);
  void succeed(Nanos now);
  void fail(Nanos now);

 private:
  struct Bucket {
    std::int64_t total = 0;  // drops too
    std::int64_t successes = 0;
    std::int64_t failures = 0;
  };
  struct History {
    std::int64_t accepts = 0;
    std::int64_t total = 0;
    std::int64_t failing_buckets = 0;  // at the end, in a row, and with no success
    std::int64_t working_buckets = 0;  // at the end, in a row, and with no failure
  };
  [[nodiscard]] History history(Nanos now) const;
  [[nodiscard]] bool accept(Nanos now, Uniform uniform);

  BreakerGozeroSpec spec_;
  mutable std::mutex mutex_;
  RollingWindow<Bucket> window_;
  std::atomic<std::int64_t> last_pass_ns_;
};

}  // namespace tracetax
