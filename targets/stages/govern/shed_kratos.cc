// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/shed_kratos.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "targets/engine/cpu_usage.h"
#include "targets/request/rejection.h"
#include "targets/request/steady_nanos.h"

namespace tracetax {
namespace {

constexpr std::int64_t kNeverRefused = std::numeric_limits<std::int64_t>::min();
constexpr Nanos kHot = std::chrono::seconds(1);

class KratosShedStage final : public Stage {
 public:
  explicit KratosShedStage(const ShedKratosSpec& spec)
      : spec_(spec), shedder_(spec, steady_nanos()) {
    if (!spec_.cpu) sampler_.emplace(spec.cpu_every);
  }

  void handle(Exchange& exchange, Next next) const override {
    const Nanos start = steady_nanos();
    if (!shedder_.allow(start, sampler_ ? sampler_->milli() : spec_.cpu())) {
      reject(exchange, {.status = 429,
                        .content_type = "application/json",
                        .text = R"({"code":429,"reason":"RATELIMIT","message":)"
                                R"("service unavailable due to rate limit exceeded",)"
                                R"("metadata":{}})"});
      return;
    }
    try {
      next(exchange);
    } catch (...) {
      shedder_.done(start, steady_nanos());
      throw;
    }
    shedder_.done(start, steady_nanos());
  }

  std::string describe() const override {
    return fmt::format(
        "shed: kratos' BBR, {} / {} buckets, CPU of the control group from {} "
        "thousandths, read each {}, 429",
        format_duration(spec_.window), spec_.buckets, spec_.cpu_threshold,
        format_duration(spec_.cpu_every));
  }

 private:
  ShedKratosSpec spec_;
  std::optional<CpuSampler> sampler_;
  mutable KratosShedder shedder_;
};

}  // namespace

KratosShedder::KratosShedder(const ShedKratosSpec& spec, Nanos start)
    : spec_(spec),
      passes_(static_cast<std::size_t>(spec.buckets), spec.window / spec.buckets, start),
      times_(passes_),
      first_drop_ns_(kNeverRefused) {}

bool KratosShedder::allow(Nanos now, std::int64_t cpu_milli) {
  const std::int64_t first_drop = first_drop_ns_.load();
  bool drop = false;
  if (cpu_milli >= spec_.cpu_threshold) {
    drop = flies_too_high(now);
    if (drop && first_drop == kNeverRefused) first_drop_ns_.store(now.count());
  } else if (first_drop != kNeverRefused) {
    if (now - Nanos(first_drop) <= kHot) {
      drop = flies_too_high(now);
    } else {
      first_drop_ns_.store(kNeverRefused);
    }
  }
  if (!drop) in_flight_.fetch_add(1);
  return !drop;
}

void KratosShedder::done(Nanos started, Nanos now) {
  in_flight_.fetch_sub(1);
  const std::lock_guard lock(mutex_);
  const std::int64_t ms = (now - started) / Nanos(std::chrono::milliseconds(1));
  if (ms > 0) times_.current(now).add(ms);
  passes_.current(now).add(1);
}

bool KratosShedder::flies_too_high(Nanos now) {
  const std::int64_t in_flight = in_flight_.load();
  return in_flight > 1 && in_flight > flights_max(now);
}

std::int64_t KratosShedder::flights_max(Nanos now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t buckets_per_second = std::chrono::seconds(1) / passes_.interval();
  const auto flights = static_cast<double>(passes_max(now) * ms_min(now) * buckets_per_second);
  return static_cast<std::int64_t>(std::floor(flights / 1000));
}

std::int64_t KratosShedder::passes_max(Nanos now) {
  if (passes_max_ && now - passes_max_->made < passes_.interval()) return passes_max_->value;
  std::int64_t most = 0;  // what is left after a pause as long as the window, and lets nothing pass
  passes_.for_each(
      now,
      [&](const SumBucket& bucket) {
        most = std::max({most, bucket.sum, std::int64_t{1}});
      },
      Current::skipped);
  passes_max_ = Cached{most, now};
  return most;
}

std::int64_t KratosShedder::ms_min(Nanos now) {
  if (ms_min_ && now - ms_min_->made < times_.interval()) return ms_min_->value;
  std::optional<double> least;
  times_.for_each(
      now,
      [&](const SumBucket& bucket) {
        if (bucket.count == 0) return;
        const double mean = static_cast<double>(bucket.sum) / static_cast<double>(bucket.count);
        least = std::min(least.value_or(mean), mean);
      },
      Current::skipped);
  const auto whole = static_cast<std::int64_t>(std::ceil(least.value_or(0)));
  ms_min_ = Cached{std::max(whole, std::int64_t{1}), now};
  return ms_min_->value;
}

StagePointer make_stage(const ShedKratosSpec& spec) {
  return std::make_unique<KratosShedStage>(spec);
}

}  // namespace tracetax
