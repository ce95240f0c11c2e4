// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/limit_climb.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>

#include "targets/request/rejection.h"
#include "targets/request/steady_nanos.h"

namespace tracetax {
namespace {

constexpr double kNoMean = std::numeric_limits<double>::max();

// Go's uint64(x) on amd64, where the algorithm lets negative and infinite numbers through: negative
// ones wrap, what fits nowhere becomes 0.
std::uint64_t go_uint64(double x) {
  constexpr double kTwo63 = 0x1p63;
  if (!(std::abs(x) < 2 * kTwo63)) return 0;
  if (x >= kTwo63) return static_cast<std::uint64_t>(x);
  if (x <= -kTwo63) return std::uint64_t{1} << 63;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(x));
}

double millis(Nanos value) { return static_cast<double>(value / std::chrono::milliseconds(1)); }

// How much longer than the best mean the times may be, by that mean.
struct Tolerance {
  double below_ms;
  std::uint64_t more_ms;
  std::uint64_t percent;
};
constexpr std::array kTolerances{Tolerance{5, 3, 80}, Tolerance{10, 2, 30}, Tolerance{50, 5, 20},
                                 Tolerance{100, 10, 10}, Tolerance{kNoMean, 20, 5}};

class ClimbStage final : public Stage {
 public:
  explicit ClimbStage(const LimitClimbSpec& spec) : spec_(spec), climb_(spec, steady_nanos()) {}

  void handle(Exchange& exchange, Next next) const override {
    if (!climb_.acquire()) {
      reject(exchange, {.status = 503});
      return;
    }
    const Nanos start = steady_nanos();
    try {
      next(exchange);
    } catch (...) {
      climb_.done(start, steady_nanos());
      throw;
    }
    climb_.done(start, steady_nanos());
  }

  std::string describe() const override {
    return fmt::format(
        "limit: dubbo-go's hill climbing, {} to {} requests at once, rounds {} to {}, "
        "503",
        spec_.limit_start, spec_.limit_max, format_duration(spec_.round_shortest),
        format_duration(spec_.round_longest));
  }

 private:
  LimitClimbSpec spec_;
  mutable HillClimb climb_;
};

}  // namespace

HillClimb::HillClimb(const LimitClimbSpec& spec, Nanos start)
    : spec_(spec),
      limit_(spec.limit_start),
      round_(spec.round_shortest),
      round_begun_(start),
      best_ms_mean_(kNoMean) {}

std::uint64_t HillClimb::remaining() const {
  const std::uint64_t limit = limit_.load();
  const std::uint64_t in_flight = in_flight_.load();
  return limit < in_flight ? 0 : limit - in_flight;
}

bool HillClimb::acquire() {
  if (remaining() == 0) return false;
  in_flight_.fetch_add(1);
  return true;
}

void HillClimb::done(Nanos started, Nanos now) {
  const double ms = millis(now - started);
  {
    const std::lock_guard lock(mutex_);
    if (now >= round_begun_) {
      if (now - round_begun_ > round_ || ms_mean_ == 0) {
        const bool first_rounds = round_ == spec_.round_shortest;
        const Step step = turn_round(ms, now);
        if (step != Step::none) move(step, first_rounds);
      } else {
        const auto before = static_cast<double>(finished_);
        ms_mean_ = (ms_mean_ * before + ms) / (before + 1);
        ++finished_;
      }
    }
  }
  in_flight_.fetch_sub(1);
}

HillClimb::Step HillClimb::turn_round(double ms_now, Nanos now) {
  const auto finished = static_cast<double>(finished_);
  const double round_ms = millis(round_);
  const double capacity = finished * round_ms / ms_mean_;
  const auto rate = go_uint64(1000 * finished / round_ms);
  Step step = Step::none;
  if (best_ms_mean_ == kNoMean || go_uint64(capacity * 1.5) > limit_.load()) step = Step::up;
  if (rate > best_rate_) {
    best_rate_ = rate;
    best_ms_mean_ = ms_mean_;
    best_capacity_ = capacity;
    best_limit_ = limit_.load();
  } else if (should_step_down(capacity)) {
    step = Step::down;
    round_ = std::min(round_ * 2, spec_.round_longest);
  }
  finished_ = 0;
  ms_mean_ = ms_now;
  round_begun_ = now;
  return step;
}

bool HillClimb::should_step_down(double capacity) const {
  const double less = best_capacity_ - capacity;
  const std::uint64_t less_percent = go_uint64(100 * less / best_capacity_);
  if (less <= 300 && less_percent <= 10) return false;
  if (!(less > 0 || ms_mean_ > best_ms_mean_)) return false;
  const auto* tolerance = std::ranges::find_if(
      kTolerances, [&](const Tolerance& t) { return best_ms_mean_ < t.below_ms; });
  if (tolerance == kTolerances.end()) tolerance = &kTolerances.back();
  return less_percent > 10 && less > 5 &&
         (go_uint64(ms_mean_ - best_ms_mean_) > tolerance->more_ms ||
          go_uint64(100 * ms_mean_ / best_ms_mean_) >= tolerance->percent);
}

void HillClimb::move(Step step, bool first_rounds) {
  const auto limit = static_cast<double>(limit_.load());
  const double stride = (first_rounds ? 1.5 : 0.8) * std::log(limit) /
                        std::max(1.0, std::log2(millis(round_) / 1000));
  const double moved =
      step == Step::up ? limit + stride : static_cast<double>(best_limit_) - stride;
  limit_.store(static_cast<std::uint64_t>(
      std::max(1.0, std::min(moved, static_cast<double>(spec_.limit_max)))));
}

StagePointer make_stage(const LimitClimbSpec& spec) { return std::make_unique<ClimbStage>(spec); }

}  // namespace tracetax
