// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_sentences.h"

#include <gtest/gtest.h>

#include "reports/frameworks/frameworks_testing.h"

namespace tracetax {
namespace {

using testing::describe_made_up;
using testing::frameworks_run;
using testing::MadeUp;
using testing::make_void;

constexpr Language kEn = Language::english;

struct Told {
  std::vector<std::string> cost, speed, capacity, line;
};
Told told_of(const RunResult& result, Language language = kEn) {
  const Analysis analysis = analyse(result);
  const FrameworkRows rows = framework_rows(result, analysis, describe_made_up);
  return {explain_cost(rows, language), explain_speed(rows, language),
          explain_capacity(rows, language), explain_line(rows, language)};
}

/// Six whose b grows with the bytes of a span.
const std::vector<MadeUp> kSix{{"a", "grpc", 10, 1, 5, 0, 234}, {"b", "grpc", 14, 2, 6, 0, 253},
                               {"c", "grpc", 18, 3, 7, 0, 264}, {"d", "grpc", 24, 4, 7, 2, 366},
                               {"e", "grpc", 30, 5, 7, 8, 639}, {"f", "grpc", 42, 6, 13, 10, 951}};

TEST(FrameworkSentences, WhatGoesTogetherExplains) {
  const Told told = told_of(frameworks_run(kSix));
  ASSERT_EQ(told.speed.size(), 1U);
  EXPECT_EQ(told.speed[0],
            "CPU per request without tracing explains the order by QPS (Kendall's tau -1.00, p = "
            "0.003, 6 frameworks).");
  ASSERT_EQ(told.line.size(), 3U);
  EXPECT_EQ(told.line[0],
            "The size of a span explains the order by b (Kendall's tau 1.00, p = 0.003, 6 "
            "frameworks).");
  EXPECT_EQ(told.line[2],
            "The cost is a line over the sampling rate, as far as 6 frameworks show.");
}

TEST(FrameworkSentences, WhatDoesNotGoTogetherDoesNot) {
  std::vector<MadeUp> turned = kSix;
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i].span_bytes = kSix[5 - i].span_bytes;
  EXPECT_EQ(told_of(frameworks_run(turned)).line[0],
            "The size of a span does not explain the order by b (Kendall's tau -1.00, p = 0.003, 6 "
            "frameworks).");
}

TEST(FrameworkSentences, ThreeThatAgreeMayDoSoByChance) {
  EXPECT_EQ(told_of(frameworks_run({kSix[0], kSix[1], kSix[2]})).speed[0],
            "CPU per request without tracing and QPS go together, but with so few frameworks that "
            "may be chance (Kendall's tau -1.00, p = 0.333, 3 frameworks).");
}

TEST(FrameworkSentences, OfTwoNothingIsSaidAndOfVoidOnesThatNothingCanBe) {
  EXPECT_TRUE(told_of(frameworks_run({kSix[0], kSix[1]})).cost.empty());
  RunResult result = frameworks_run({kSix[0], kSix[1], kSix[2]});
  for (SegmentRecord& segment : result.segments) make_void(segment, VoidRule::driver_lag);
  EXPECT_EQ(told_of(result).cost,
            std::vector<std::string>{"What explains this order cannot be said: that takes three "
                                     "frameworks with a value."});
}

TEST(FrameworkSentences, TheCpuThatIsAddedIsTheCapacityThatIsLost) {
  const Told told = told_of(frameworks_run({{"a", "grpc", 20, 1, 5, 0, 234},
                                            {"b", "grpc", 20, 3, 6, 0, 253},
                                            {"c", "grpc", 20, 5, 7, 0, 264},
                                            {"d", "grpc", 20, 7, 7, 2, 366},
                                            {"e", "grpc", 20, 9, 7, 8, 639}}));
  EXPECT_EQ(told.capacity[0],
            "The CPU that tracing adds in percent explains the order by the change of QPS "
            "(Kendall's tau -1.00, p = 0.017, 5 frameworks).");
}

TEST(FrameworkSentences, HandOffsAndProtocolsAreCauses) {
  std::vector<MadeUp> all = kSix;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].switches = 1 + static_cast<double>(i);
    if (i < 2) all[i].kind = "thrift";
  }
  const Told told = told_of(frameworks_run(all));
  EXPECT_TRUE(
      told.speed[1].starts_with("The number of hand-offs (voluntary context switches per "
                                "request) explains the order by QPS"))
      << told.speed[1];
  EXPECT_EQ(told.speed.back(),
            "CPU per request without tracing, median by protocol: thrift 12 us (2), grpc 27 us "
            "(4).");
}

TEST(FrameworkSentences, ALineThatIsBentIsNamed) {
  RunResult result = frameworks_run(kSix);
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == 2 && segment.arm == "on@10%") testing::set_cpu_us(segment, 30);
  }
  const Told told = told_of(result);
  EXPECT_TRUE(
      told.line[2].starts_with("The cost is no line over the sampling rate for c, of 6 frameworks"))
      << told.line[2];
}

TEST(FrameworkHeadlines, SayCostNoiseAndTrustOfEachKind) {
  std::vector<MadeUp> both = kSix;
  for (MadeUp made : kSix) {
    made.name += "-real";
    made.target = TargetKind::command;
    both.push_back(made);
  }
  const RunResult result = frameworks_run(both);
  const Analysis analysis = analyse(result);
  const auto lines = framework_headlines(framework_rows(result, analysis, describe_made_up), kEn);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_TRUE(lines[0].starts_with("Tracing (on@100%) adds +14.5 % [")) << lines[0];
  EXPECT_TRUE(lines[0].ends_with("in real frameworks. 6 of 6 have a cost that is told from noise."))
      << lines[0];
  EXPECT_TRUE(lines[3].starts_with("In the median emulated framework every request pays"))
      << lines[3];
  const auto trust = framework_trust(result, analysis, kEn);
  ASSERT_EQ(trust.size(), 2U);
  EXPECT_TRUE(trust[0].starts_with("Noise: off measured once more")) << trust[0];
  EXPECT_TRUE(trust[1].starts_with("960 of 960 measured segments are valid.")) << trust[1];
}

TEST(FrameworkSentences, InChinese) {
  const Told told = told_of(frameworks_run(kSix), Language::chinese);
  EXPECT_EQ(told.speed[0],
            "无追踪时每请求 CPU 可解释QPS的名次（Kendall τ = -1.00，p = 0.003，6 个框架）。");
  EXPECT_EQ(told.line[2], "6 个框架的开销随采样率均未见弯曲。");
}

}  // namespace
}  // namespace tracetax
