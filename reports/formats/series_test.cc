// The format `series`: counters go on over the segments of an arm, void segments give no numbers
// but their spans, and what a service says of itself keeps its own labels.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "reports/golden.h"
#include "reports/judged_testing.h"

namespace tracetax {
namespace {

SeriesTick tick_of(double at_s, std::uint64_t requests, std::uint64_t rss) {
  SeriesTick tick;
  tick.at_s = at_s;
  tick.requests = requests;
  tick.p99_ns = 2e6;
  tick.cpu_ns = 500'000'000;
  tick.rss_bytes = rss;
  return tick;
}

/// Only the segments of one arm, `second` the later one.
RunResult two_segments() {
  RunResult result = testing::sample_run(testing::test_suite(2), [](SegmentRecord&) {});
  std::erase_if(result.segments, [](const SegmentRecord& segment) {
    return segment.arm != "on@100%" || segment.spec.kind != SegmentKind::open;
  });
  result.segments.resize(2);
  for (int number = 0; number < 2; ++number) {
    SegmentRecord& segment = result.segments[static_cast<std::size_t>(number)];
    segment.spec.cell = 0;
    segment.started_at = number == 0 ? "2025-11-20T18:00:00.000Z" : "2025-11-20T18:00:10.000Z";
    segment.duration_s = 1;
    segment.voids.clear();
    segment.series = {.tick_s = 0.5, .ticks = {tick_of(0, 100, 1000), tick_of(0.5, 50, 2000)}};
    segment.receipt = {};
    segment.receipt.expected = 150;
    segment.receipt.received = number == 0 ? 150 : 149;
    segment.service_metrics["collector"]["sent_spans{exporter=\"otlp\"}"] = 150;
  }
  return result;
}

/// The samples of `name` as "VALUE TIME", the time in seconds since 18:00:00.
std::vector<std::string> samples_of(const RunResult& result, const std::string& name) {
  constexpr double kSix = 1'763'661'600;
  std::vector<std::string> samples;
  std::istringstream text(testing::rendered(result, "series"));
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with(name + '{')) continue;
    const std::string rest = line.substr(line.find("} ") + 2);
    const std::size_t space = rest.find(' ');
    samples.push_back(
        fmt::format("{} {:g}", rest.substr(0, space), std::stod(rest.substr(space)) - kSix));
  }
  return samples;
}

using Samples = std::vector<std::string>;

TEST(Series, CountersGoOnOverTheSegmentsOfAnArm) {
  const RunResult result = two_segments();
  EXPECT_EQ(samples_of(result, "tracetax_requests_total"),
            (Samples{"100 0.5", "150 1", "250 10.5", "300 11"}));
  EXPECT_EQ(samples_of(result, "tracetax_target_cpu_seconds_total"),
            (Samples{"0.5 0.5", "1 1", "1.5 10.5", "2 11"}));
  EXPECT_EQ(samples_of(result, "tracetax_target_resident_memory_bytes"),
            (Samples{"1000 0.5", "2000 1", "1000 10.5", "2000 11"}));
  EXPECT_EQ(samples_of(result, "tracetax_response_p99_seconds").front(), "0.002 0.5");
  EXPECT_EQ(samples_of(result, "sent_spans"), (Samples{"150 1", "300 11"}));
  EXPECT_NE(testing::rendered(result, "series").find("service=\"collector\",exporter=\"otlp\"}"),
            std::string::npos);
}

TEST(Series, AVoidSegmentTellsItsSpansAndNothingElse) {
  RunResult result = two_segments();
  result.segments[1].voids.push_back({VoidRule::receipt_open, ""});
  EXPECT_EQ(samples_of(result, "tracetax_requests_total"), (Samples{"100 0.5", "150 1"}));
  EXPECT_EQ(samples_of(result, "tracetax_spans_expected_total"), (Samples{"150 1", "300 11"}));
  EXPECT_EQ(samples_of(result, "tracetax_spans_received_total"), (Samples{"150 1", "299 11"}));
}

TEST(Series, WhereTracesAreDroppedOnPurposeNoneIsMissing) {
  RunResult result = two_segments();
  for (SegmentRecord& segment : result.segments) segment.receipt.keeps.emplace();
  EXPECT_TRUE(samples_of(result, "tracetax_spans_expected_total").empty());
}

}  // namespace
}  // namespace tracetax
