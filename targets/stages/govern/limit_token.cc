// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/limit_token.h"

#include <fmt/format.h>

#include <algorithm>

#include "targets/stages/govern/limit_stage.h"

namespace tracetax {

bool TokenBucket::allow(Nanos now) {
  const std::lock_guard lock(mutex_);
  if (now > filled_) {
    const std::chrono::duration<double> passed = now - filled_;
    tokens_ = std::min(spec_.burst, tokens_ + passed.count() * spec_.rate);
    filled_ = now;
  }
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

StagePointer make_stage(const LimitTokenSpec& spec) {
  return std::make_unique<LimitStage<TokenBucket, LimitTokenSpec>>(
      spec, fmt::format("limit: token bucket, {}/s, burst {}, 429", spec.rate, spec.burst));
}

}  // namespace tracetax
