// SPDX-License-Identifier: Apache-2.0
#include "harness/core/warm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/stats/kendall.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

constexpr double kTrendLevel = 0.05;     // one-sided
constexpr double kFallThatShows = 1.02;  // a quiet service varies by that much
constexpr double kFallThatIsPlain = 1.05;

double middle_of(std::span<const double> values) {
  return median({values.begin(), values.end()}).value_or(0);
}

/// The chance of a fall like this, or a clearer one, where there is none.
double falling_p(std::span<const double> values) {
  std::vector<double> order(values.size());
  std::iota(order.begin(), order.end(), 0.0);
  const auto kendall = kendall_tau(order, values);
  if (!kendall) return 1;
  return kendall->tau < 0 ? kendall->p / 2 : 1 - kendall->p / 2;
}

/// Where requests fail, CPU per answer says nothing of how warm the target is.
bool says_something(const SegmentRecord& segment) {
  return std::ranges::none_of(segment.voids, [](const VoidReason& reason) {
    return reason.rule == VoidRule::too_many_errors || reason.rule == VoidRule::target_restarted ||
           reason.rule == VoidRule::target_failed;
  });
}

}  // namespace

bool is_steady(std::span<const double> window_costs_us) {
  if (window_costs_us.size() < kSteadyWindows) return false;
  const auto last = window_costs_us.last(kSteadyWindows);
  const double earlier = middle_of(last.first(kSteadyWindows / 2));
  const double later = middle_of(last.last(kSteadyWindows / 2));
  if (earlier > kFallThatIsPlain * later) return false;
  return earlier <= kFallThatShows * later || falling_p(last) > kTrendLevel;
}

std::vector<double> costs_of_thirds(std::span<const double> piece_costs_us) {
  const std::size_t pieces = piece_costs_us.size();
  std::vector<double> thirds;
  for (std::size_t third = 0; pieces >= 3 && third < 3; ++third) {
    const std::size_t from = third * pieces / 3, to = (third + 1) * pieces / 3;
    thirds.push_back(middle_of(piece_costs_us.subspan(from, to - from)));
  }
  return thirds;
}

bool still_warming(const SegmentRecord& segment) {
  const std::vector<double>& us = segment.third_costs_us;
  return us.size() == 3 && us[0] > kFallThatVoids * us[2] && us[0] > kStepThatVoids * us[1] &&
         us[1] > kStepThatVoids * us[2];
}

std::optional<double> fall_of(const SegmentRecord& segment) {
  const std::vector<double>& us = segment.third_costs_us;
  if (us.size() != 3 || us.front() <= 0 || us.back() <= 0) return std::nullopt;
  return std::log(us.front() / us.back());
}

void judge_warmth(std::span<SegmentRecord> block) {
  const auto is_open = [](const SegmentRecord& segment) {
    return segment.spec.kind == SegmentKind::open;
  };
  const auto cold = std::ranges::find_if(block, [&](const SegmentRecord& segment) {
    return is_open(segment) && says_something(segment) && still_warming(segment);
  });
  if (cold == block.end()) return;
  const std::vector<double>& us = cold->third_costs_us;
  const bool seemed_steady = cold->warm_up || cold->launch > 0;
  const std::string detail = fmt::format(
      "{} was not warm: its CPU per request fell from {:.3g} to {:.3g} to {:.3g} us over the "
      "thirds "
      "of the measured time, so no arm of this block counts; {}",
      cold->arm, us[0], us[1], us[2],
      seemed_steady ? "it was steady for some seconds before, so give it a longer warm-up: --set "
                      "design.warmup=60s"
                    : "let it warm up for as long as it takes: --set 'design.warmup=until steady'");
  for (SegmentRecord& segment : block) {
    // What was not measured has its own reason.
    if (is_open(segment) && segment.requests > 0)
      segment.voids.push_back({VoidRule::not_warm, detail});
  }
}

}  // namespace tracetax
