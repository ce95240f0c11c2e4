// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/segment_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "harness/core/text/effect_text.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

constexpr double kRequestsForP99 = 1000;
constexpr double kTicks = 100;
constexpr int kExports = 5;
constexpr Nanos kStep = std::chrono::milliseconds{100};
constexpr double kLongestNs = 24.0 * 3600 * 1e9;  // as long as a duration can be

struct Need {
  double ns = 0;
  std::string what;
};

/// So many that 999 of 1,000 segments have the 1,000 that a p99 needs: a Poisson count of mean n
/// scatters by sqrt(n).
double requests_to_plan(Arrivals arrivals) {
  return arrivals == Arrivals::poisson ? kRequestsForP99 + 3.2 * std::sqrt(kRequestsForP99)
                                       : kRequestsForP99 + 1;
}

std::vector<Need> list_needs(const SegmentNeeds& needs) {
  std::vector<Need> all;
  if (needs.rate > 0) {
    const double requests = std::ceil(requests_to_plan(needs.arrivals));
    all.push_back({requests / needs.rate * 1e9,
                   fmt::format("{} requests, for a p99, take",
                               format_count(static_cast<unsigned long long>(requests)))});
    const auto resolution = static_cast<double>(needs.cpu_resolution.count());
    if (needs.cpu_us_per_request && *needs.cpu_us_per_request > 0) {
      const double busy = needs.rate * *needs.cpu_us_per_request / 1e6;  // CPU seconds per second
      all.push_back({kTicks * resolution / busy,
                     fmt::format("a hundred ticks of the CPU meter ({} each) take",
                                 format_nanos(resolution))});
    }
  }
  if (needs.export_interval > Nanos{0}) {
    all.push_back(
        {static_cast<double>((kExports * needs.export_interval).count()),
         fmt::format("five exports, one every {}, take", format_duration(needs.export_interval))});
  }
  std::ranges::stable_sort(all,
                           [](const Need& left, const Need& right) { return left.ns > right.ns; });
  return all;
}

}  // namespace

SegmentAdvice advise_segment(const SegmentNeeds& needs) {
  const std::vector<Need> all = list_needs(needs);
  SegmentAdvice advice;
  const double longest = all.empty() ? 0 : std::min(all.front().ns, kLongestNs);
  const Nanos step = needs.export_interval > Nanos{0} ? needs.export_interval : kStep;
  const auto step_ns = static_cast<double>(step.count());
  // A hair less, so that five intervals are not rounded up to six.
  const double steps = std::max(1.0, std::ceil(longest / step_ns - 1e-9));
  advice.length = Nanos{static_cast<Nanos::rep>(steps) * step.count()};
  for (const Need& need : all) {
    advice.why +=
        fmt::format("{}{} {}", advice.why.empty() ? "" : ", ", need.what, format_nanos(need.ns));
  }
  if (needs.export_interval > Nanos{0}) {
    advice.why += fmt::format("{}and a segment is a whole number of export intervals",
                              advice.why.empty() ? "" : ", ");
  }
  return advice;
}

}  // namespace tracetax
