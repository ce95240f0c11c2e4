// Whether the design can give what is asked for at the rate of the run.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/run/doctor/checks.h"

namespace tracetax {
namespace {

// A quantile is printed where ten requests lie beyond it, so p99 takes a thousand; a tenth more,
// because Poisson arrivals scatter.
constexpr double kRequestsForP99 = 1100;
// The exact signed-rank interval of 95 %.
constexpr int kFewestPairs = 6;
constexpr int kUsualPairs = 10;

double lowest_rate(std::span<const ArmLook> looks) {
  double rate = 0;
  for (const ArmLook& look : looks) {
    if (look.load && look.load->planned_rate > 0)
      rate = rate > 0 ? std::min(rate, look.load->planned_rate) : look.load->planned_rate;
  }
  return rate;
}

}  // namespace

std::vector<CheckLine> design_checks(const Suite& suite, std::span<const ArmLook> looks) {
  std::vector<CheckLine> lines;
  const double rate = lowest_rate(looks);
  const double measure_s = std::chrono::duration<double>(suite.design.measure).count();
  if (rate > 0 && rate * measure_s < kRequestsForP99) {
    lines.push_back(
        {"p99", "", CheckWord::note,
         fmt::format("{:.0f} requests a segment at {}: too few for a p99 of response",
                     rate * measure_s, format_rate(rate)),
         fmt::format("--set design.measure={:.1f}s", std::ceil(10 * kRequestsForP99 / rate) / 10)});
  }
  if (suite.design.blocks < kFewestPairs) {
    lines.push_back({"blocks", "", CheckWord::warning,
                     fmt::format("{} blocks give no 95 % interval, which takes {}",
                                 suite.design.blocks, kFewestPairs),
                     fmt::format("--set design.blocks={}", kUsualPairs)});
  }
  return lines;
}

std::vector<CheckLine> check_lines(const Suite& suite, std::span<const ArmLook> looks) {
  std::vector<CheckLine> lines = service_checks(suite, looks);
  for (auto more : {span_checks(suite, looks), design_checks(suite, looks)})
    lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

}  // namespace tracetax
