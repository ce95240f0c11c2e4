// SPDX-License-Identifier: Apache-2.0
#include "reports/words/invariant_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracetax {
namespace {

struct Tally {
  const InvariantSeen* what;
  int asked = 0, broken = 0;
  std::string first{};  // that is broken
};

std::string line_of(const Tally& tally) {
  const std::string name = fmt::format("{} ({})", tally.what->name, tally.what->service);
  const char* segments = tally.asked == 1 ? "segment" : "segments";
  if (tally.broken == 0) {
    return tally.asked == 1 ? name + " holds in the one segment"
                            : fmt::format("{} holds in all {} segments", name, tally.asked);
  }
  return fmt::format("{} is broken in {} of {} {}; first in {}", name, tally.broken, tally.asked,
                     segments, tally.first);
}

}  // namespace

std::vector<std::string> invariant_words(const RunResult& result, int cell) {
  std::vector<Tally> tallies;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell != cell) continue;
    for (const InvariantSeen& seen : segment.invariants) {
      auto tally = std::ranges::find_if(tallies, [&seen](const Tally& one) {
        return one.what->service == seen.service && one.what->name == seen.name;
      });
      if (tally == tallies.end()) tally = tallies.insert(tally, {&seen});
      ++tally->asked;
      if (seen.holds || tally->broken++ > 0) continue;
      tally->first = fmt::format("block {}, {}: {}", segment.spec.block + 1, segment.arm,
                                 seen.saw.empty() ? "nothing" : seen.saw);
    }
  }
  std::vector<std::string> lines;
  for (const Tally& tally : tallies) lines.push_back(line_of(tally));
  return lines;
}

}  // namespace tracetax
