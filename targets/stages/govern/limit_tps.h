// Stage `limit` as dubbo-go's TPS filter: so many requests per fixed window; a window begins with
// the first request after the last one is over. Source: dubbo-go filter/tps/strategy/fix_window.go
// v3.3.2, which is off by default and says of itself that it counts roughly under threads. Answers
// 429.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "harness/core/text/units.h"
#include "targets/request/stage.h"

namespace tracetax {

struct LimitTpsSpec {
  std::int32_t limit = 600'000;  // per window
  Nanos window = std::chrono::seconds(60);
};
[[nodiscard]] StagePointer make_stage(const LimitTpsSpec& spec);

/// Any thread. When a window turns, requests at that moment may be counted in neither.
class TpsLimiter {
 public:
  TpsLimiter(const LimitTpsSpec& spec, Nanos start) : spec_(spec), begun_ns_(start.count()) {}
  [[nodiscard]] bool allow(Nanos now);

 private:
  LimitTpsSpec spec_;
  std::atomic<std::int64_t> begun_ns_;
  std::atomic<std::int64_t> count_ = 0;
};

}  // namespace tracetax
