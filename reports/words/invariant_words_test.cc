// SPDX-License-Identifier: Apache-2.0
#include "reports/words/invariant_words.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using Lines = std::vector<std::string>;

SegmentRecord segment(int block, const char* arm, std::vector<InvariantSeen> invariants) {
  SegmentRecord record;
  record.spec.block = block;
  record.arm = arm;
  record.invariants = std::move(invariants);
  return record;
}

TEST(InvariantWords, SayInHowManySegmentsEachHolds) {
  RunResult result;
  EXPECT_EQ(invariant_words(result, 0), Lines{});
  result.segments.push_back(
      segment(0, "off", {{"db", "no oversell", true, "0"}, {"risk", "order", true, "fine"}}));
  EXPECT_EQ(invariant_words(result, 0), (Lines{"no oversell (db) holds in the one segment",
                                               "order (risk) holds in the one segment"}));
  result.segments.push_back(segment(0, "on@1%", {{"db", "no oversell", true, "0"}}));
  EXPECT_EQ(invariant_words(result, 0).front(), "no oversell (db) holds in all 2 segments");
  result.segments.push_back(segment(1, "on@1%", {{"db", "no oversell", false, ""}}));
  result.segments.push_back(segment(2, "off", {{"db", "no oversell", false, "7"}}));
  EXPECT_EQ(invariant_words(result, 0).front(),
            "no oversell (db) is broken in 2 of 4 segments; first in block 2, on@1%: nothing");
  EXPECT_EQ(invariant_words(result, 1), Lines{});
}

}  // namespace
}  // namespace tracetax
