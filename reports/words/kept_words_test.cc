// SPDX-License-Identifier: Apache-2.0
#include "reports/words/kept_words.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

SegmentRecord segment_with(const std::string& arm, std::vector<ClassAccount> classes) {
  SegmentRecord segment;
  segment.arm = arm;
  segment.receipt.keeps.emplace().classes = std::move(classes);
  return segment;
}

TEST(KeptWords, SumTheValidSegmentsClassByClass) {
  RunResult result;
  result.suite.arms.resize(2);
  result.suite.arms[0].name = "off";
  result.suite.arms[1].name = "tail";
  result.suite.arms[1].keeps = KeepRule{};
  const std::vector<ClassAccount> classes{{RequestClass::normal, 5000, 506, 0, 506},
                                          {RequestClass::error, 150, 150, 0, 150}};
  result.segments = {SegmentRecord{}, segment_with("tail", classes), segment_with("tail", classes)};
  result.segments.push_back(segment_with("tail", {{RequestClass::error, 150, 1, 0, 1}}));
  result.segments.back().voids = {{VoidRule::receipt_open, "why"}};
  EXPECT_EQ(kept_words(result, 0),
            (std::vector<std::string>{
                "tail drops traces on purpose. Of those that the driver began it kept 1,012 of "
                "10,000 normal traces (10.1 %), 300 of 300 error traces (100 %), each of them "
                "whole, in 2 valid segments"}));
  EXPECT_TRUE(kept_words(result, 1).empty());
  result.suite.arms[1].keeps.reset();
  EXPECT_TRUE(kept_words(result, 0).empty());
}

}  // namespace
}  // namespace tracetax
