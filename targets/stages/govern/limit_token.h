// Stage `limit` as a token bucket: `rate` tokens a second, at most `burst` at once, one per
// request. As golang.org/x/time/rate's Allow, which rate limiting middleware for gin and echo is
// made of. Answers 429.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#include "harness/core/text/units.h"
#include "targets/request/stage.h"

namespace tracetax {

struct LimitTokenSpec {
  double rate = 10'000;  // per second
  double burst = 1'000;
};
[[nodiscard]] StagePointer make_stage(const LimitTokenSpec& spec);

/// Any thread. Full at the start.
class TokenBucket {
 public:
  TokenBucket(const LimitTokenSpec& spec, Nanos start)
      : spec_(spec), tokens_(spec.burst), filled_(start) {}
  [[nodiscard]] bool allow(Nanos now);

 private:
  LimitTokenSpec spec_;
  std::mutex mutex_;
  double tokens_;
  Nanos filled_;
};

}  // namespace tracetax
