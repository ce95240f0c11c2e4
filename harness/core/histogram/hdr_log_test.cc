// SPDX-License-Identifier: Apache-2.0
#include "harness/core/histogram/hdr_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "harness/core/histogram/hdr_codec.h"

namespace tracetax {
namespace {

Histogram of(std::initializer_list<std::int64_t> values) {
  Histogram histogram;
  for (const auto value : values) histogram.record(value);
  return histogram;
}

HdrLog two_intervals() {
  return {.start_time_s = 1'700'000'000.25,
          .intervals = {
              {.tag = "response", .start_s = 0, .length_s = 1.5, .histogram = of({1, 2'500'000})},
              {.tag = "", .start_s = 1.5, .length_s = 1, .histogram = of({7})}}};
}

std::string blob() { return encode_base64(of({1, 2, 3})); }

std::string error_of(const std::string& text) {
  const auto log = read_hdr_log(text);
  return log ? "no error" : log.error().message;
}

TEST(HdrLog, WritesTheFormOfVersion13) {
  const std::string text = write_hdr_log(two_intervals(), "first\nsecond");
  EXPECT_EQ(
      text,
      "# first\n# second\n"
      "#[Histogram log format version 1.3]\n"
      "#[StartTime: 1700000000.250 (seconds since epoch), Tue Nov 14 22:13:20 UTC 2023]\n"
      "#[BaseTime: 1700000000.250 (seconds since epoch)]\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
      "Tag=response,0.000,1.500,2.500," +
          encode_base64(of({1, 2'500'000})) + "\n1.500,1.000,0.000," + encode_base64(of({7})) +
          "\n");
}

TEST(HdrLog, ReadsWhatItWrites) {
  const HdrLog written = two_intervals();
  const auto read = read_hdr_log(write_hdr_log(written, ""));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->start_time_s, written.start_time_s);
  ASSERT_EQ(read->intervals.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read->intervals[i].tag, written.intervals[i].tag);
    EXPECT_EQ(read->intervals[i].start_s, written.intervals[i].start_s);
    EXPECT_EQ(read->intervals[i].length_s, written.intervals[i].length_s);
    EXPECT_EQ(read->intervals[i].histogram, written.intervals[i].histogram);
  }
}

TEST(HdrLog, TagsThatWouldBreakTheLineAreMended) {
  HdrLog log = two_intervals();
  log.intervals[0].tag = "a b,c\nd";
  EXPECT_EQ(read_hdr_log(write_hdr_log(log, ""))->intervals[0].tag, "a_b_c_d");
}

TEST(HdrLog, StampsThatCannotBeAbsoluteCountFromTheStart) {
  const auto log =
      read_hdr_log("#[StartTime: 1700000000.0 (seconds since epoch), x]\n2.5,1,1," + blob());
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->intervals[0].start_s, 2.5);
}

TEST(HdrLog, AbsoluteStampsCountFromTheStartTime) {
  const auto log = read_hdr_log(
      "#[StartTime: 1700000000.0 (seconds since epoch), x]\r\n1700000003,1,1," + blob() + "\r\n");
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->start_time_s, 1'700'000'000);
  EXPECT_EQ(log->intervals[0].start_s, 3);
}

TEST(HdrLog, WithoutAStartTimeTheFirstStampIsTheStart) {
  const auto log = read_hdr_log("1700000003,1,1," + blob() + "\n1700000004 1 1 " + blob() + "\n");
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->start_time_s, 1'700'000'003);
  EXPECT_EQ(log->intervals[0].start_s, 0);
  EXPECT_EQ(log->intervals[1].start_s, 1);
}

TEST(HdrLog, AnEmptyLogHasNoIntervals) {
  EXPECT_TRUE(read_hdr_log("")->intervals.empty());
  EXPECT_TRUE(read_hdr_log(write_hdr_log({}, ""))->intervals.empty());
}

TEST(HdrLog, ErrorsNameTheLine) {
  const std::string good = "0,1,1," + blob() + "\n";
  EXPECT_EQ(error_of(good + "#\n" + good), "no error");
  EXPECT_EQ(error_of(good + "#\n0,1," + blob()).find("interval log line 3: "), 0U);
  EXPECT_EQ(error_of(good + "0,1,1,HISTFAAA").find("interval log line 2: HdrHistogram"), 0U);
  EXPECT_EQ(error_of("Tag=x"), error_of("x"));
  EXPECT_EQ(error_of("0,nan,1," + blob()), error_of("x"));
  EXPECT_EQ(error_of("1e13,1,1," + blob()), error_of("x"));
  EXPECT_EQ(error_of("#[StartTime: soon]").find("interval log line 1: 'soon'"), 0U);
  EXPECT_NE(error_of("0,1,1," + blob() + ",x"), "no error");
}

TEST(HdrLog, AValueOutOfTimeIsWrittenAsOneThatReadsBack) {
  HdrLog log = two_intervals();
  log.start_time_s = 1e300;
  log.intervals[0].length_s = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error_of(write_hdr_log(log, "")), "no error");
}

TEST(HdrLog, KeepsManyHistogramsPackedAndRefusesMoreThanFit) {
  // Of 5 digits and the whole hour: 26 MiB each, unpacked.
  Histogram wide{{1, 3'600'000'000'000, 5}};
  wide.record(7);
  const std::string line = "0,1,1," + encode_base64(wide) + "\n";
  std::string text;
  for (int i = 0; i < 12; ++i) text += line;
  const auto log = read_hdr_log(text);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->intervals.back().histogram, wide);
  const auto refused = read_hdr_log(text, 9 * log->intervals.front().histogram.memory_bytes());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("line 10: "), std::string::npos)
      << refused.error().message;
}

TEST(Hgrm, ListsTheLevelsOfASmallHistogram) {
  Histogram histogram;
  for (int i = 1; i <= 4; ++i) histogram.record(i * 500);
  EXPECT_EQ(write_hgrm(histogram, 1000),
            "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
            "       0.500 0.000000000000          1           1.00\n"
            "       0.500 0.100000000000          1           1.11\n"
            "       0.500 0.200000000000          1           1.25\n"
            "       1.000 0.300000000000          2           1.43\n"
            "       1.000 0.400000000000          2           1.67\n"
            "       1.000 0.500000000000          2           2.00\n"
            "       1.500 0.550000000000          3           2.22\n"
            "       1.500 0.600000000000          3           2.50\n"
            "       1.500 0.650000000000          3           2.86\n"
            "       1.500 0.700000000000          3           3.33\n"
            "       1.500 0.750000000000          3           4.00\n"
            "       2.000 0.775000000000          4           4.44\n"
            "       2.000 1.000000000000          4\n"
            "#[Mean    =        1.250, StdDeviation   =        0.559]\n"
            "#[Max     =        2.000, Total count    =            4]\n"
            "#[Buckets =           32, SubBuckets     =         2048]\n");
}

TEST(Hgrm, RoundsTiesUpAsJavaDoes) {
  // 1.5 us in ms is 0.0015, whose binary value lies below the tie; 9.9995 carries through.
  EXPECT_NE(write_hgrm(of({1500})).find("       0.002 0.000"), std::string::npos);
  EXPECT_NE(write_hgrm(of({1999}), 2000).find("       1.000 0.000"), std::string::npos);
}

TEST(Hgrm, EndsWhenTheLevelsAreFinerThanADouble) {
  Histogram histogram;
  histogram.record(1, (std::int64_t{1} << 53) - 1);
  histogram.record(2);
  const std::string text = write_hgrm(histogram, 1);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 300);
  EXPECT_NE(text.find("       2.000 1.000000000000 9007199254740992\n"), std::string::npos);
}

TEST(Hgrm, OfAnEmptyHistogramIsHeadAndFootOnly) {
  const std::string text = write_hgrm(Histogram{});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
  EXPECT_NE(text.find("Total count    =            0]"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
