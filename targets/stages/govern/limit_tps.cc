// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/limit_tps.h"

#include <fmt/format.h>

#include "targets/stages/govern/limit_stage.h"

namespace tracetax {

bool TpsLimiter::allow(Nanos now) {
  std::int64_t begun = begun_ns_.load(std::memory_order_relaxed);
  if (now > Nanos(begun) + spec_.window && begun_ns_.compare_exchange_strong(begun, now.count())) {
    count_.store(0, std::memory_order_relaxed);
  }
  return count_.fetch_add(1, std::memory_order_relaxed) < spec_.limit;
}

StagePointer make_stage(const LimitTpsSpec& spec) {
  return std::make_unique<LimitStage<TpsLimiter, LimitTpsSpec>>(
      spec, fmt::format("limit: dubbo-go's TPS window, {} per {}, 429", spec.limit,
                        format_duration(spec.window)));
}

}  // namespace tracetax
