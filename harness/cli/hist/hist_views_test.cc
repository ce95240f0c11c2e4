// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/hist/hist_views.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TagTotal total(const char* tag, std::int64_t step, int count) {
  TagTotal made{.tag = tag, .intervals = 1, .start_s = 0, .length_s = 1, .histogram = {}};
  for (int i = 1; i <= count; ++i) made.histogram.record(i * step);
  return made;
}

const HistView kView{.scale = {}, .percentiles = {50, 99, 99.9}, .width = 80};

TEST(HistViews, APercentileWithoutTenValuesBeyondItIsNotTold) {
  const std::vector<TagTotal> totals{total("off", 1000, 1000), total("", 2000, 2000)};
  EXPECT_EQ(hist_table(totals, kView),
            "tag       values     p50      p99  p99.9   max    mean\n"
            "--------  ------  ------  -------  -----  ----  ------\n"
            "off        1,000  500 us   990 us      -  1 ms  501 us\n"
            "(no tag)   2,000    2 ms  3.96 ms      -  4 ms    2 ms\n");
}

TEST(HistViews, ARatioIsOfWhatBothCanTell) {
  const TagTotal before = total("x", 1000, 1000), after = total("x", 1500, 20'000);
  EXPECT_EQ(hist_difference({"a", before.histogram}, {"b", after.histogram}, kView),
            "             a        b   ratio\n"
            "------  ------  -------  ------\n"
            "values   1,000   20,000\n"
            "p50     500 us    15 ms  30.002\n"
            "p99     990 us  29.7 ms  29.998\n"
            "p99.9        -    30 ms       -\n"
            "max       1 ms    30 ms  30.002\n");
}

TEST(HistViews, PlainNumbersHaveNoUnit) {
  const ValueScale bytes{.is_time = false, .factor = 1024};
  EXPECT_EQ(bytes.shown(3), "3,070");
  EXPECT_EQ((ValueScale{.is_time = true, .factor = 1e3}.shown(18)), "18 us");
}

TEST(HistViews, APictureHasALetterForEachAndNinesBelow) {
  const std::vector<TagTotal> totals{total("off", 1000, 1000), total("on", 1500, 1000)};
  const std::string text = hist_plot(totals, kView);
  EXPECT_NE(text.find("90%"), std::string::npos) << text;
  EXPECT_NE(text.find("99.9%"), std::string::npos) << text;
  EXPECT_NE(text.find("  a off\n  b on\n"), std::string::npos) << text;
  EXPECT_NE(text.find("logarithmic"), std::string::npos) << text;
}

TEST(MergedLog, TakesTagsAndTimesThatWereAskedFor) {
  HdrLog log;
  for (const double start : {0.0, 1.0, 2.0})
    for (const char* tag : {"a", "b"}) {
      HdrLogInterval interval{.tag = tag, .start_s = start, .length_s = 1, .histogram = {}};
      interval.histogram.record(static_cast<std::int64_t>(start) + 1);
      log.intervals.push_back(std::move(interval));
    }
  const std::vector<HdrLog> logs{log, log};
  const auto all = merge_by_tag(logs, {});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].tag, "b");
  EXPECT_EQ(all[1].intervals, 6);
  EXPECT_EQ(all[1].length_s, 6);
  const auto some = merge_by_tag(logs, {.tags = {"b"}, .from_s = 1, .to_s = 2});
  ASSERT_EQ(some.size(), 1U);
  EXPECT_EQ(some[0].histogram.count(), 2);
  EXPECT_EQ(some[0].histogram.max(), 2);
}

}  // namespace
}  // namespace tracetax
