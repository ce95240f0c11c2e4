// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/limit_qps.h"

#include <fmt/format.h>

#include <algorithm>

#include "targets/stages/govern/limit_stage.h"

namespace tracetax {

QpsLimiter::QpsLimiter(const LimitQpsSpec& spec, Nanos start) : spec_(spec), start_(start) {
  const std::chrono::duration<double> tick = std::min<Nanos>(spec.tick, std::chrono::seconds(1));
  share_ = std::max(static_cast<std::int32_t>(spec.limit / (1 / tick.count())), 0);
  tokens_ = share_;
}

bool QpsLimiter::allow(Nanos now) {
  if (spec_.limit <= 0) return true;
  tick_until(now);
  if (tokens_.load(std::memory_order_relaxed) <= 0) return false;
  return tokens_.fetch_sub(1, std::memory_order_relaxed) > 0;
}

void QpsLimiter::tick_until(Nanos now) {
  std::int64_t done = ticks_.load(std::memory_order_relaxed);
  const std::int64_t due = now > start_ ? (now - start_) / spec_.tick : 0;
  if (due <= done || !ticks_.compare_exchange_strong(done, due)) return;
  // Once the tokens are full, more ticks change nothing.
  for (; done < due && tokens_.load(std::memory_order_relaxed) < spec_.limit; ++done) add_share();
}

void QpsLimiter::add_share() {
  const std::int32_t missing = spec_.limit - tokens_.load(std::memory_order_relaxed);
  if (missing < 0) return;
  const std::int32_t added = std::min(missing, share_);
  const std::int32_t tokens = tokens_.fetch_add(added, std::memory_order_relaxed) + added;
  if (tokens < share_) tokens_.store(share_, std::memory_order_relaxed);
}

StagePointer make_stage(const LimitQpsSpec& spec) {
  return std::make_unique<LimitStage<QpsLimiter, LimitQpsSpec>>(
      spec, fmt::format("limit: kitex' QPS limiter, {}/s, tick {}, 429", spec.limit,
                        format_duration(spec.tick)));
}

}  // namespace tracetax
