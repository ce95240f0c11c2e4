// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/rate_stages.h"

#include <algorithm>

#include "harness/core/text/quote.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

constexpr std::size_t kStagesMax = 50;  // each with a histogram
constexpr std::string_view kRightStages =
    "right is 10s:1k/s,30s:5k/s: how long, and the rate at its end";

Result<RateStage> parse_stage(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return failure(ExitCode::usage, fmt::format("{} has no colon; {}", quote(text), kRightStages));
  const auto length = parse_duration(text.substr(0, colon));
  if (!length) return failure(length.error());
  const std::string_view rate = text.substr(colon + 1);
  if (rate == "0" || rate == "0/s") return RateStage{*length, 0};
  return parse_rate(rate).map([&](double end) { return RateStage{*length, end}; });
}

}  // namespace

Result<std::vector<RateStage>> parse_rate_stages(std::string_view text, double start) {
  std::vector<RateStage> stages;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto stage = parse_stage(text.substr(0, comma));
    if (!stage) return failure(stage.error());
    stages.push_back(*stage);
    if (comma == text.size()) break;
    text.remove_prefix(comma + 1);
  }
  if (stages.size() > kStagesMax)
    return failure(ExitCode::usage,
                   fmt::format("{} stages are more than {}", stages.size(), kStagesMax));
  if (length_of(stages) > std::chrono::hours{24})
    return failure(ExitCode::usage, "together they are longer than 24h");
  if (RateCurve(start, stages).total() < 1)
    return failure(ExitCode::usage, fmt::format("not one request is ever due; {}", kRightStages));
  return stages;
}

Nanos length_of(const std::vector<RateStage>& stages) {
  Nanos all{0};
  for (const RateStage& stage : stages) all += stage.length;
  return all;
}

}  // namespace tracetax
