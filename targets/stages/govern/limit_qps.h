// Stage `limit` as kitex' QPS limiter: a ticker adds a share of the limit each 100 ms, and after a
// pause up to a whole second's worth lies ready. Source: kitex pkg/limiter/qps_limiter.go v0.16.3.
// There a goroutine ticks; here the first call after a tick makes up for it. Answers 429.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "harness/core/text/units.h"
#include "targets/request/stage.h"

namespace tracetax {

struct LimitQpsSpec {
  std::int32_t limit = 10'000;  // a second; 0 or less: no limit
  Nanos tick = std::chrono::milliseconds(100);
};
[[nodiscard]] StagePointer make_stage(const LimitQpsSpec& spec);

/// Any thread, without a lock.
class QpsLimiter {
 public:
  QpsLimiter(const LimitQpsSpec& spec, Nanos start);
  [[nodiscard]] bool allow(Nanos now);

 private:
  void tick_until(Nanos now);
  void add_share();

  LimitQpsSpec spec_;
  Nanos start_;
  std::int32_t share_;  // of the limit, per tick
  std::atomic<std::int32_t> tokens_;
  std::atomic<std::int64_t> ticks_ = 0;
};

}  // namespace tracetax
