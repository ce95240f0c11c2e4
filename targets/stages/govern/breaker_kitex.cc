// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/breaker_kitex.h"

#include <fmt/format.h>

#include <memory>

#include "targets/stages/govern/breaker_stage.h"

namespace tracetax {

KitexBreaker::KitexBreaker(const BreakerKitexSpec& spec, Nanos start)
    : spec_(spec),
      window_(static_cast<std::size_t>(spec.buckets), spec.window / spec.buckets, start) {}

bool KitexBreaker::allow(Nanos now, Uniform) {
  const std::lock_guard lock(mutex_);
  switch (state_) {
    case State::closed:
      return true;
    case State::open:
      if (now < opened_ + spec_.open) return false;
      state_ = State::half_open;
      probes_succeeded_ = 0;
      break;
    case State::half_open:
      if (now < probed_ + spec_.probe_every) return false;
      break;
  }
  probed_ = now;
  return true;
}

void KitexBreaker::succeed(Nanos now) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::closed) {
    ++current(now).successes;
    ++sum_.successes;
  } else if (state_ == State::half_open && ++probes_succeeded_ >= spec_.probes_to_close) {
    window_.clear();
    sum_ = {};
    state_ = State::closed;
  }
}

void KitexBreaker::fail(Nanos now) {
  const std::lock_guard lock(mutex_);
  ++current(now).failures;
  ++sum_.failures;
  if (state_ == State::half_open || (state_ == State::closed && trips())) {
    state_ = State::open;
    opened_ = now;
  }
}

KitexBreaker::State KitexBreaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

KitexBreaker::Bucket& KitexBreaker::current(Nanos now) {
  return window_.current(now, [this](const Bucket& expired) {
    sum_.successes -= expired.successes;
    sum_.failures -= expired.failures;
  });
}

bool KitexBreaker::trips() const {
  const std::int64_t samples = sum_.successes + sum_.failures;
  return samples >= spec_.samples_min &&
         static_cast<double>(sum_.failures) / static_cast<double>(samples) >= spec_.error_rate;
}

StagePointer make_stage(const BreakerKitexSpec& spec) {
  return std::make_unique<BreakerStage<KitexBreaker>>(
      [spec] { return std::make_unique<KitexBreaker>(spec, steady_nanos()); },
      Rejection{.status = 503}, [](unsigned status) { return status >= 500; },
      fmt::format(
          "breaker: kitex' error rate breaker per route, {} / {} buckets, opens at {} of at "
          "least {}, open {}, probe each {}, {} successes close, 503",
          format_duration(spec.window), spec.buckets, spec.error_rate, spec.samples_min,
          format_duration(spec.open), format_duration(spec.probe_every), spec.probes_to_close));
}

}  // namespace tracetax
