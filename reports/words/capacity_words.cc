// SPDX-License-Identifier: Apache-2.0
#include "reports/words/capacity_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/core/capacity_limit.h"
#include "harness/core/text/effect_text.h"
#include "harness/stats/sample.h"

namespace tracetax {
namespace {

double inverse_pct(double pct) { return 100 * (1 / (1 + pct / 100) - 1); }

std::vector<const SegmentRecord*> at_full_speed(const RunResult& result, int cell) {
  std::vector<const SegmentRecord*> segments;
  for (const SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == cell && segment.spec.kind == SegmentKind::capacity)
      segments.push_back(&segment);
  }
  return segments;
}

std::string limits(const std::vector<const SegmentRecord*>& segments) {
  std::map<CapacityLimit, int> counts;
  for (const SegmentRecord* segment : segments) ++counts[capacity_limit(*segment)];
  std::string text = "At full speed the limit was";
  for (const auto& [limit, count] : counts) {
    text += fmt::format("{} {} in {}", text.ends_with("was") ? "" : ",", words_of(limit), count);
  }
  return text + fmt::format(" of {} segments.", segments.size());
}

std::string losses(const RunResult& result, const std::vector<const SegmentRecord*>& segments) {
  std::string text;
  for (const ArmSpec& arm : result.suite.arms) {
    std::vector<double> lost_pct;
    for (const SegmentRecord* segment : segments) {
      if (segment->arm != arm.name) continue;
      if (const auto lost = lost_share(segment->receipt)) lost_pct.push_back(100 * *lost);
    }
    const double middle = median(lost_pct).value_or(0);
    if (middle <= 0) continue;
    text +=
        fmt::format("{}{} lost {:.3g} % of its spans", text.empty() ? "" : ", ", arm.name, middle);
  }
  if (text.empty()) return "";
  return "At full speed " + text +
         " (median). A service that keeps its spans does more work, and has less capacity.";
}

}  // namespace

Comparison in_time_per_request(Comparison capacity) {
  if (capacity.estimate_pct) capacity.estimate_pct = inverse_pct(*capacity.estimate_pct);
  if (capacity.interval_pct) {
    const Interval& was = *capacity.interval_pct;
    capacity.interval_pct = Interval{inverse_pct(was.high), inverse_pct(was.low), was.level};
  }
  return capacity;
}

std::vector<std::string> capacity_words(const RunResult& result, const Analysis& analysis,
                                        int cell) {
  const auto segments = at_full_speed(result, cell);
  if (segments.empty()) return {};
  std::vector<std::string> words;
  const auto dearest =
      std::ranges::find_if(analysis.comparisons.rbegin(), analysis.comparisons.rend(),
                           [cell](const Comparison& comparison) {
                             return comparison.cell == cell && comparison.estimate_pct &&
                                    comparison.metric == Metric::capacity;
                           });
  if (dearest != analysis.comparisons.rend()) {
    const Comparison time = in_time_per_request(*dearest);
    words.push_back(
        fmt::format("At full speed the time per request (1 / capacity) changes by {} in {}.",
                    format_effect(*time.estimate_pct, *time.interval_pct), time.arm));
  }
  words.push_back(limits(segments));
  if (std::string lost = losses(result, segments); !lost.empty()) words.push_back(std::move(lost));
  return words;
}

}  // namespace tracetax
