// SPDX-License-Identifier: Apache-2.0
#include "harness/run/kept_targets.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

/// Segments of one arm on one launch whose receipts nobody could close, with so many spans each.
struct Launch {
  explicit Launch(const std::vector<std::uint64_t>& received) : records(received.size()) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].receipt.received = received[i];
      records[i].receipt.known = false;
      segments.push_back(&records[i]);
    }
    target.name = "shop";
  }
  void know_all() {
    for (SegmentRecord& record : records) {
      record.receipt.known = true;
      record.receipt.expected = record.receipt.received;
    }
  }
  std::vector<SegmentRecord> records;
  std::vector<SegmentRecord*> segments;
  TargetSpec target;
};

SelfCounts ended(std::uint64_t spans) {
  SelfCounts counts;
  counts.ended = spans;
  return counts;
}

bool is_void_by(const SegmentRecord& record, VoidRule rule) {
  return record.voids.size() == 1 && record.voids.front().rule == rule;
}

TEST(LaunchEnd, TheTargetsOwnCountClosesAllReceipts) {
  Launch launch({100, 120, 80});
  judge_launch(launch.segments, launch.target, {.self_counts = ended(300)});
  for (const SegmentRecord& record : launch.records) {
    EXPECT_TRUE(record.valid());
    EXPECT_TRUE(record.receipt.known);
    EXPECT_EQ(record.receipt.expected, record.receipt.received);
  }
  EXPECT_EQ(launch.records.back().self_counts->ended, 300U);
  EXPECT_FALSE(launch.records.front().self_counts);
}

TEST(LaunchEnd, ASpanThatIsMissingOpensThemAll) {
  Launch launch({100, 120, 80});
  judge_launch(launch.segments, launch.target, {.self_counts = ended(301)});
  for (const SegmentRecord& record : launch.records)
    EXPECT_TRUE(is_void_by(record, VoidRule::receipt_open));
}

TEST(LaunchEnd, WithoutACountNobodyKnows) {
  Launch launch({100, 120});
  judge_launch(launch.segments, launch.target, {});
  for (const SegmentRecord& record : launch.records) {
    EXPECT_TRUE(record.valid());
    ASSERT_EQ(record.warnings.size(), 1U);
  }
}

TEST(LaunchEnd, LateSpansVoidTheLastSegment) {
  Launch launch({100, 120});
  launch.know_all();
  judge_launch(launch.segments, launch.target, {.late_spans = 3});
  EXPECT_TRUE(launch.records.front().valid());
  ASSERT_TRUE(is_void_by(launch.records.back(), VoidRule::receipt_open));
  EXPECT_NE(launch.records.back().voids.front().detail.find("3 spans came only"),
            std::string::npos);
}

TEST(LaunchEnd, AKillSpoilsOnlyWhatRestsOnTheFlush) {
  Launch closed({100, 120});
  closed.know_all();
  judge_launch(closed.segments, closed.target, {.killed = true});
  EXPECT_TRUE(closed.records.back().valid()) << "all its spans had come";
  EXPECT_EQ(closed.records.back().warnings.size(), 1U);
  Launch open({100, 120});
  judge_launch(open.segments, open.target, {.killed = true});
  EXPECT_EQ(open.records.front().voids.back().rule, VoidRule::target_killed);
}

TEST(LaunchEnd, OfNothingMeasuredSaysNothing) {
  judge_launch({}, TargetSpec{}, {.killed = true, .late_spans = 5});
}

TEST(LaunchEnd, WhatDoesNotHoldAtTheEndVoidsAllThatWasMeasured) {
  Launch launch({100, 120});
  launch.know_all();
  judge_launch(
      launch.segments, launch.target,
      {.invariants = {{"clerk", "books", true, "0"}, {"stock", "no oversell", false, "3"}}});
  for (const SegmentRecord& record : launch.records) {
    EXPECT_EQ(record.invariants.size(), 2U);
    ASSERT_TRUE(is_void_by(record, VoidRule::invariant_broken));
    EXPECT_EQ(record.voids.front().detail,
              "service stock says of itself that 'no oversell' does not hold: 3");
  }
}

}  // namespace
}  // namespace tracetax
