// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/breaker_gozero.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "targets/stages/govern/breaker_stage.h"

namespace tracetax {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

}  // namespace

GozeroBreaker::GozeroBreaker(const BreakerGozeroSpec& spec, Nanos start)
    : spec_(spec),
      window_(static_cast<std::size_t>(spec.buckets), spec.window / spec.buckets, start),
      last_pass_ns_(kNever) {}

bool GozeroBreaker::allow(Nanos now, Uniform uniform) {
  if (accept(now, uniform)) return true;
  const std::lock_guard lock(mutex_);
  ++window_.current(now).total;
  return false;
}

bool GozeroBreaker::accept(Nanos now, Uniform uniform) {
  const History seen = history(now);
  const double buckets = spec_.buckets;
  const double k =
      spec_.k - (spec_.k - spec_.k_min) * static_cast<double>(seen.failing_buckets) / buckets;
  const double allowed = std::max(k, spec_.k_min) * static_cast<double>(seen.accepts);
  double ratio = (static_cast<double>(seen.total - spec_.protection) - allowed) /
                 static_cast<double>(seen.total + 1);
  if (ratio <= 0) return true;

  const std::int64_t last_pass = last_pass_ns_.load(std::memory_order_relaxed);
  const bool forced = last_pass != kNever && now - Nanos(last_pass) > spec_.force_pass;
  if (!forced) {
    ratio *= (buckets - static_cast<double>(seen.working_buckets)) / buckets;
    if (uniform() < ratio) return false;
  }
  last_pass_ns_.store(now.count(), std::memory_order_relaxed);
  return true;
}

void GozeroBreaker::succeed(Nanos now) {
  const std::lock_guard lock(mutex_);
  Bucket& bucket = window_.current(now);
  ++bucket.total;
  ++bucket.successes;
}

void GozeroBreaker::fail(Nanos now) {
  const std::lock_guard lock(mutex_);
  Bucket& bucket = window_.current(now);
  ++bucket.total;
  ++bucket.failures;
}

GozeroBreaker::History GozeroBreaker::history(Nanos now) const {
  History seen;
  const std::lock_guard lock(mutex_);
  window_.for_each(now, [&](const Bucket& bucket) {
    seen.accepts += bucket.successes;
    seen.total += bucket.total;
    // A bucket with nothing but drops in it ends no run and lengthens none.
    if (bucket.failures > 0) {
      seen.working_buckets = 0;
    } else if (bucket.successes > 0) {
      ++seen.working_buckets;
    }
    if (bucket.successes > 0) {
      seen.failing_buckets = 0;
    } else if (bucket.failures > 0) {
      ++seen.failing_buckets;
    }
  });
  return seen;
}

StagePointer make_stage(const BreakerGozeroSpec& spec) {
  return std::make_unique<BreakerStage<GozeroBreaker>>(
      [spec] { return std::make_unique<GozeroBreaker>(spec, steady_nanos()); },
      Rejection{.status = 503}, [](unsigned status) { return status >= 500; },
      fmt::format("breaker: go-zero's SRE breaker per route, {} / {} buckets, k {} to {}, "
                  "protection {}, forced pass after {}, 503",
                  format_duration(spec.window), spec.buckets, spec.k, spec.k_min, spec.protection,
                  format_duration(spec.force_pass)));
}

}  // namespace tracetax
