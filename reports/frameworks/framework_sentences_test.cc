// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/framework_sentences.h"

#include <gtest/gtest.h>

#include "reports/frameworks/frameworks_testing.h"

namespace tracetax {
namespace {

using testing::describe_made_up;
using testing::frameworks_run;
using testing::MadeUp;

constexpr Language kEn = Language::english;

struct Told {
  std::vector<std::string> order, impact, spans;
};
Told told_of(const RunResult& result, Language language = kEn) {
  const Analysis analysis = analyse(result);
  const FrameworkRows rows = framework_rows(result, analysis, describe_made_up);
  return {explain_order(rows, language), explain_impact(rows, 4, language),
          explain_spans(rows, language)};
}

/// Six whose b grows with the bytes of a span.
const std::vector<MadeUp> kSix{{"a", "grpc", 10, 1, 5, 0, 234}, {"b", "grpc", 14, 2, 6, 0, 253},
                               {"c", "grpc", 18, 3, 7, 0, 264}, {"d", "grpc", 24, 4, 7, 2, 366},
                               {"e", "grpc", 30, 5, 7, 8, 639}, {"f", "grpc", 42, 6, 13, 10, 951}};

TEST(FrameworkSentences, WhatGoesTogetherExplains) {
  const Told told = told_of(frameworks_run(kSix));
  ASSERT_EQ(told.order.size(), 3U);
  EXPECT_EQ(told.order[0],
            "The order by QPS is explained by CPU per request: Kendall's tau -1.00, p = 0.003, 6 "
            "frameworks.");
  ASSERT_EQ(told.spans.size(), 3U);
  EXPECT_EQ(told.spans[0],
            "The order by b, the cost of a sampled request, is explained by bytes per span: "
            "Kendall's tau 1.00, "
            "p = 0.003, 6 frameworks.");
  EXPECT_EQ(told.spans[2], "No bend of the cost over the sampling rate was found in 6 frameworks.");
}

TEST(FrameworkSentences, WhatDoesNotGoTogetherDoesNot) {
  std::vector<MadeUp> turned = kSix;
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i].span_bytes = kSix[5 - i].span_bytes;
  const Told told = told_of(frameworks_run(turned));
  EXPECT_EQ(told.spans[0],
            "The order by b, the cost of a sampled request, is not explained by bytes per span: "
            "Kendall's tau "
            "-1.00, p = 0.003, 6 frameworks.");
}

TEST(FrameworkSentences, ThreeThatAgreeMayDoSoByChance) {
  const Told told = told_of(frameworks_run({kSix[0], kSix[1], kSix[2]}));
  EXPECT_EQ(
      told.order[0],
      "The orders by QPS and by CPU per request agree, which may be chance with so few frameworks: "
      "Kendall's tau -1.00, p = 0.333, 3 frameworks.");
}

TEST(FrameworkSentences, OfTwoNothingCanBeTold) {
  const Told told = told_of(frameworks_run({kSix[0], kSix[1]}));
  EXPECT_EQ(told.order,
            std::vector<std::string>{"What explains the order cannot be told: that takes three "
                                     "frameworks of a kind with all values."});
  EXPECT_EQ(told.impact, told.order);
}

TEST(FrameworkSentences, TheCpuThatIsAddedIsTheCapacityThatIsLost) {
  const Told told = told_of(frameworks_run({{"a", "grpc", 20, 1, 5, 0, 234},
                                            {"b", "grpc", 20, 3, 6, 0, 253},
                                            {"c", "grpc", 20, 5, 7, 0, 264},
                                            {"d", "grpc", 20, 7, 7, 2, 366},
                                            {"e", "grpc", 20, 9, 7, 8, 639}}));
  EXPECT_EQ(told.impact[0],
            "The order by the change of QPS is explained by the CPU that tracing adds in percent: "
            "Kendall's tau "
            "-1.00, p = 0.017, 5 frameworks.");
}

TEST(FrameworkSentences, HandOffsAndProtocolsAreCauses) {
  std::vector<MadeUp> all = kSix;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].switches = 1 + static_cast<double>(i);
    if (i < 2) all[i].kind = "thrift";
  }
  const Told told = told_of(frameworks_run(all));
  EXPECT_EQ(told.order[1],
            "The order by QPS is explained by hand-offs (voluntary context switches per request): "
            "Kendall's tau -1.00, p = 0.003, 6 frameworks.");
  EXPECT_EQ(told.order.back(),
            "CPU per request without tracing by protocol, medians: thrift 12 us (2), grpc 27 us "
            "(4).");
}

TEST(FrameworkSentences, ALineThatIsBentIsNamed) {
  RunResult result = frameworks_run(kSix);
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == 2 && segment.arm == "on@10%") testing::set_cpu_us(segment, 30);
  }
  const Told told = told_of(result);
  EXPECT_NE(told.spans[2].find("tested at 5 %) for c, of 6 frameworks: a and b do"),
            std::string::npos)
      << told.spans[2];
}

TEST(FrameworkSentences, RealAndEmulatedAreExplainedApart) {
  std::vector<MadeUp> both = kSix;
  for (MadeUp made : kSix) {
    made.name += "-real";
    made.target = TargetKind::command;
    both.push_back(made);
  }
  const Told told = told_of(frameworks_run(both));
  ASSERT_EQ(told.order.size(), 6U);
  EXPECT_TRUE(told.order[0].starts_with("Real: The order by QPS")) << told.order[0];
  EXPECT_TRUE(told.order[1].starts_with("Emulated: The order by QPS")) << told.order[1];
}

TEST(FrameworkSentences, InChinese) {
  const Told told = told_of(frameworks_run(kSix), Language::chinese);
  EXPECT_EQ(told.order[0],
            "QPS的名次可由每请求 CPU 解释：Kendall τ = -1.00（p = 0.003，6 个框架）。");
  EXPECT_EQ(told.spans[2], "6 个框架的开销随采样率均未见弯曲。");
}

}  // namespace
}  // namespace tracetax
