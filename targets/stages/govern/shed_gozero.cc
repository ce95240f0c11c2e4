// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/shed_gozero.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "targets/engine/cpu_usage.h"
#include "targets/request/rejection.h"
#include "targets/request/status.h"
#include "targets/request/steady_nanos.h"

namespace tracetax {
namespace {

constexpr std::int64_t kNeverDropped = std::numeric_limits<std::int64_t>::min();
constexpr double kFlyingDecay = 0.9;
constexpr double kLongestMs = 1000;  // taken where no bucket has a response time
constexpr double kCpuMost = 1000;
constexpr double kLeastShare = 0.1;  // of the allowed flights, at whatever load

class ShedStage final : public Stage {
 public:
  explicit ShedStage(const ShedGozeroSpec& spec) : spec_(spec), shedder_(spec, steady_nanos()) {
    if (spec_.cpu_threshold > 0 && !spec_.cpu) sampler_.emplace(spec.cpu_every);
  }

  void handle(Exchange& exchange, Next next) const override {
    if (spec_.cpu_threshold == 0) {
      next(exchange);
      return;
    }
    const Nanos start = steady_nanos();
    if (!shedder_.allow(start, sampler_ ? sampler_->milli() : spec_.cpu())) {
      reject(exchange, {.status = spec_.status});
      return;
    }
    try {
      next(exchange);
    } catch (...) {
      shedder_.fail();
      throw;
    }
    if (exchange.status == 503) {
      shedder_.fail();
    } else {
      shedder_.pass(start, steady_nanos());
    }
  }

  std::string describe() const override {
    if (spec_.cpu_threshold == 0) return "shed: not built (CPU threshold 0)";
    return fmt::format(
        "shed: go-zero's, {} / {} buckets, CPU of the control group from {} "
        "thousandths, read each {}, cool-off {}, {}",
        format_duration(spec_.window), spec_.buckets, spec_.cpu_threshold,
        format_duration(spec_.cpu_every), format_duration(spec_.cool_off),
        spec_.status == kOverloaded ? "RESOURCE_EXHAUSTED" : "503");
  }

 private:
  ShedGozeroSpec spec_;
  std::optional<CpuSampler> sampler_;
  mutable GozeroShedder shedder_;
};

}  // namespace

GozeroShedder::Counter::Counter(const ShedGozeroSpec& spec, Nanos start)
    : window(static_cast<std::size_t>(spec.buckets), spec.window / spec.buckets, start) {}

void GozeroShedder::Counter::add(Nanos now, std::int64_t value) {
  const std::lock_guard lock(mutex);
  window.current(now).add(value);
}

GozeroShedder::GozeroShedder(const ShedGozeroSpec& spec, Nanos start)
    : spec_(spec), passes_(spec, start), times_(spec, start), overloaded_ns_(kNeverDropped) {}

bool GozeroShedder::allow(Nanos now, std::int64_t cpu_milli) {
  const bool overloaded = cpu_milli >= spec_.cpu_threshold;
  if (overloaded) overloaded_ns_.store(now.count());
  if ((overloaded || still_hot(now)) && flies_too_high(now, cpu_milli)) {
    dropped_recently_.store(true);
    return false;
  }
  flying_.fetch_add(1);
  return true;
}

void GozeroShedder::pass(Nanos started, Nanos now) {
  land();
  const double ms = std::chrono::duration<double, std::milli>(now - started).count();
  times_.add(now, static_cast<std::int64_t>(std::ceil(ms)));
  passes_.add(now, 1);
}

void GozeroShedder::fail() { land(); }

void GozeroShedder::land() {
  const std::int64_t flying = flying_.fetch_sub(1) - 1;
  const std::lock_guard lock(average_mutex_);
  average_flying_ =
      average_flying_ * kFlyingDecay + static_cast<double>(flying) * (1 - kFlyingDecay);
}

bool GozeroShedder::still_hot(Nanos now) {
  if (!dropped_recently_.load()) return false;
  const std::int64_t overloaded = overloaded_ns_.load();
  if (overloaded == kNeverDropped) return false;
  if (now - Nanos(overloaded) < spec_.cool_off) return true;
  dropped_recently_.store(false);
  return false;
}

bool GozeroShedder::flies_too_high(Nanos now, std::int64_t cpu_milli) const {
  const double share = (kCpuMost - static_cast<double>(cpu_milli)) /
                       (kCpuMost - static_cast<double>(spec_.cpu_threshold));
  const double most = flights_max(now) * std::clamp(share, kLeastShare, 1.0);
  return average_flying() > most && static_cast<double>(flying_.load()) > most;
}

double GozeroShedder::average_flying() const {
  const std::lock_guard lock(average_mutex_);
  return average_flying_;
}

double GozeroShedder::flights_max(Nanos now) const {
  std::int64_t passes_max = 1;
  {
    const std::lock_guard lock(passes_.mutex);
    passes_.window.for_each(
        now, [&](const SumBucket& bucket) { passes_max = std::max(passes_max, bucket.sum); },
        Current::skipped);
  }
  double ms_min = kLongestMs;
  {
    const std::lock_guard lock(times_.mutex);
    times_.window.for_each(
        now,
        [&](const SumBucket& bucket) {
          if (bucket.count <= 0) return;
          ms_min = std::min(ms_min, std::round(static_cast<double>(bucket.sum) /
                                               static_cast<double>(bucket.count)));
        },
        Current::skipped);
  }
  const double buckets_per_second = 1e9 / static_cast<double>(passes_.window.interval().count());
  return std::max(static_cast<double>(passes_max) * ms_min * buckets_per_second / 1000, 1.0);
}

StagePointer make_stage(const ShedGozeroSpec& spec) { return std::make_unique<ShedStage>(spec); }

}  // namespace tracetax
