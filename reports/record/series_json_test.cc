// A series on its way into result.json and back.
// SPDX-License-Identifier: Apache-2.0
#include "reports/record/series_json.h"

#include <gtest/gtest.h>

#include "reports/record/result_json.h"
#include "reports/testing.h"

namespace tracetax {
namespace {

using testing::sample_run;
using testing::test_suite;

SegmentSeries in_one_piece() {
  SegmentSeries series{.tick_s = 0.1, .ticks = {}};
  for (int i = 0; i < 50; ++i) {
    SeriesTick tick;
    tick.at_s = 0.1 * i;
    tick.requests = 1000 + static_cast<std::uint64_t>(i % 7);
    tick.p50_ns = 123'456 + 100 * i;
    tick.p99_ns = i == 3 ? 0 : 1'234'567;
    tick.lag_p99_ns = 12'345;
    tick.cpu_ns = 28'345'678 + 1000 * static_cast<std::uint64_t>(i);
    tick.steal_pct = i == 4 ? 5.0 / 3 : 0;
    tick.core_ns = 10'234.5;
    series.ticks.push_back(tick);
  }
  return series;
}

SegmentSeries in_turns() {
  SegmentSeries series{.tick_s = 0.1, .ticks = {}};
  for (int i = 0; i < 10; ++i) {
    SeriesTick tick;
    tick.at_s = 0.512345 * i;
    tick.requests = 100;
    tick.errors = i == 5 ? 3 : 0;
    series.ticks.push_back(tick);
  }
  return series;
}

SegmentSeries read_back(const Json& json, std::string* error = nullptr) {
  const Json outer = {{"series", json}};
  Mistakes mistakes("segment");
  JsonFields fields(outer, "", mistakes);
  SegmentSeries series = read_series(fields, "series");
  if (error != nullptr) *error = mistakes.empty() ? "" : mistakes.error().message;
  return series;
}

TEST(SeriesJson, ComesBackWithThreeDigits) {
  const SegmentSeries before = in_one_piece();
  const Json json = series_to_json(before);
  EXPECT_FALSE(json.contains("at_s")) << "the ticks follow one another";
  EXPECT_FALSE(json.contains("errors"));
  EXPECT_EQ(json["p50_us"][0], 123);
  EXPECT_EQ(json["cpu_ms"][0], 28.3);
  EXPECT_TRUE(json["p99_us"][3].is_null());
  const SegmentSeries after = read_back(json);
  ASSERT_EQ(after.ticks.size(), before.ticks.size());
  for (std::size_t i = 0; i < after.ticks.size(); ++i) {
    EXPECT_NEAR(after.ticks[i].at_s, before.ticks[i].at_s, 1e-9);
    EXPECT_EQ(after.ticks[i].requests, before.ticks[i].requests);
    EXPECT_NEAR(after.ticks[i].p50_ns, before.ticks[i].p50_ns, 500);
    EXPECT_NEAR(static_cast<double>(*after.ticks[i].cpu_ns),
                static_cast<double>(*before.ticks[i].cpu_ns), 50'000);
    EXPECT_NEAR(*after.ticks[i].steal_pct, *before.ticks[i].steal_pct, 0.005);
  }
  EXPECT_EQ(after.ticks[3].p99_ns, 0);
  EXPECT_EQ(series_to_json(after).dump(), json.dump());
}

TEST(SeriesJson, TellsTheTimesOfTurnsAndLeavesOutWhatIsNotKnown) {
  const Json json = series_to_json(in_turns());
  EXPECT_EQ(json["at_s"][1], 0.512);
  EXPECT_EQ(json["errors"].size(), 10U);
  for (const char* name : {"p50_us", "p99_us", "lag_p99_us", "cpu_ms", "steal_pct", "core_us"})
    EXPECT_FALSE(json.contains(name)) << name;
  const SegmentSeries after = read_back(json);
  EXPECT_EQ(after.ticks[5].errors, 3U);
  EXPECT_FALSE(after.ticks[5].cpu_ns || after.ticks[5].steal_pct || after.ticks[5].core_ns);
  EXPECT_EQ(series_to_json(after).dump(), json.dump());
}

TEST(SeriesJson, IsSmall) { EXPECT_LT(series_to_json(in_one_piece()).dump().size(), 50 * 38U); }

TEST(SeriesJson, ListsThatDoNotFitAreMistakes) {
  std::string error;
  Json json = series_to_json(in_one_piece());
  json["cpu_ms"].erase(0);
  EXPECT_FALSE(read_back(json, &error).ticks.front().cpu_ns);
  EXPECT_NE(error.find("has 49 values, not 50"), std::string::npos) << error;
  json = series_to_json(in_one_piece());
  json["steal_pct"][0] = -1;
  static_cast<void>(read_back(json, &error));
  EXPECT_NE(error.find("no number from 0"), std::string::npos) << error;
  json.erase("requests");
  EXPECT_TRUE(read_back(json, &error).ticks.empty());
  EXPECT_NE(error.find("requests"), std::string::npos) << error;
}

TEST(SeriesJson, IsPartOfASegmentAndMayBeAbsent) {
  const RunResult run = sample_run(test_suite(1), [](SegmentRecord& segment) {
    if (segment.arm == "off") segment.series = in_one_piece();
  });
  const std::string text = write_result_json(run, analyse(run));
  const auto after = read_result_json(text, "result.json");
  ASSERT_TRUE(after) << after.error().message;
  for (const SegmentRecord& segment : after->segments)
    EXPECT_EQ(segment.series.ticks.size(), segment.arm == "off" ? 50U : 0U);
  EXPECT_EQ(write_result_json(*after, analyse(*after)), text);
}

}  // namespace
}  // namespace tracetax
