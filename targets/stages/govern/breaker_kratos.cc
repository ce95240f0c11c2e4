// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/breaker_kratos.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "targets/stages/govern/breaker_stage.h"

namespace tracetax {

KratosBreaker::KratosBreaker(const BreakerKratosSpec& spec, Nanos start)
    : spec_(spec),
      window_(static_cast<std::size_t>(spec.buckets), spec.window / spec.buckets, start) {}

bool KratosBreaker::allow(Nanos now, Uniform uniform) {
  std::int64_t successes = 0;
  std::int64_t total = 0;
  {
    const std::lock_guard lock(mutex_);
    window_.for_each(now, [&](const SumBucket& bucket) {
      successes += bucket.sum;
      total += bucket.count;
    });
  }
  const double allowed = spec_.k * static_cast<double>(successes);
  if (total < spec_.requests_min || static_cast<double>(total) < allowed) return true;
  const double ratio =
      std::max(0.0, (static_cast<double>(total) - allowed) / static_cast<double>(total + 1));
  if (uniform() >= ratio) return true;
  fail(now);
  return false;
}

void KratosBreaker::add(Nanos now, std::int64_t value) {
  const std::lock_guard lock(mutex_);
  window_.current(now).add(value);
}

StagePointer make_stage(const BreakerKratosSpec& spec) {
  return std::make_unique<BreakerStage<KratosBreaker>>(
      [spec] { return std::make_unique<KratosBreaker>(spec, steady_nanos()); },
      Rejection{.status = 503,
                .content_type = "application/json",
                .text = R"({"code":503,"reason":"CIRCUITBREAKER","message":)"
                        R"("request failed due to circuit breaker triggered","metadata":{}})"},
      [](unsigned status) { return status == 500 || status == 503 || status == 504; },
      fmt::format("breaker: kratos' SRE breaker per route, {} / {} buckets, k {:.3f}, "
                  "at least {} requests, 503",
                  format_duration(spec.window), spec.buckets, spec.k, spec.requests_min));
}

}  // namespace tracetax
