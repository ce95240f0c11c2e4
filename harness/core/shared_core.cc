// SPDX-License-Identifier: Apache-2.0
#include "harness/core/shared_core.h"

#include <algorithm>
#include <vector>

namespace tracetax {
namespace {

constexpr std::uint64_t kFewestProbes = 20;  // of a segment, for its mean to say anything
constexpr double kAlonePercentile = 0.10;

bool probed(const SegmentRecord& segment) {
  return segment.core && segment.core->probes >= kFewestProbes;
}

}  // namespace

double loop_alone_ns(std::span<const SegmentRecord> segments) {
  std::vector<double> fastest_ns;
  for (const SegmentRecord& segment : segments) {
    if (probed(segment) && segment.core->fastest_ns > 0)
      fastest_ns.push_back(segment.core->fastest_ns);
  }
  if (fastest_ns.empty()) return 0;
  const auto at =
      fastest_ns.begin() +
      static_cast<std::ptrdiff_t>(kAlonePercentile * static_cast<double>(fastest_ns.size()));
  std::nth_element(fastest_ns.begin(), at, fastest_ns.end());
  return *at;
}

std::optional<double> slowdown(const SegmentRecord& segment, double alone_ns) {
  if (alone_ns <= 0 || !probed(segment) || segment.core->mean_ns <= 0) return std::nullopt;
  return segment.core->mean_ns / alone_ns;
}

}  // namespace tracetax
