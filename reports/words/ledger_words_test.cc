// SPDX-License-Identifier: Apache-2.0
#include "reports/words/ledger_words.h"

#include <gtest/gtest.h>

#include "reports/testing.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

/// Two blocks in which on@100% has a sink that fails, expects `received` of 1,000 spans in each.
RunResult failing_run() {
  Suite suite = testing::made_up_suite(2);
  for (ArmSpec& arm : suite.arms) {
    if (arm.name != "on@100%") continue;
    arm.sink.faults.status = 503;
    arm.sink.faults.retry_after = 1s;
    arm.sink.faults.fails_for = 2s;
  }
  RunResult result = testing::sample_run(std::move(suite));
  for (SegmentRecord& segment : result.segments) {
    if (segment.arm != "on@100%") continue;
    Receipt& receipt = segment.receipt;
    receipt.expected = receipt.traces_expected = 1'000;
    receipt.received = receipt.traces_received = 900;
    receipt.missing_traces = 100;
    receipt.refusals = {{"fault: status 503", 3}};
    receipt.recovery_ms = 1'200;
    segment.self_counts = SelfCounts{.started = 9'000,
                                     .sampled = 1'000,
                                     .ended = 1'000,
                                     .dropped = 60,
                                     .exported = 900,
                                     .failed = 40};
    segment.export_words = "status 503";
  }
  return result;
}

TEST(LedgerWords, EachArmThatFailsHasALine) {
  RunResult result = failing_run();
  const auto words = ledger_words(result, 0);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(
      words[0],
      "on@100%: its sink fails on purpose: it answers status 503 (retry after 1 s) for 2 s; the "
      "sink refused 6 x fault: status 503; 200 of 2,000 spans were lost (10 %); first leak "
      "between ended and queued: 120 dropped by the target's queue, 80 failed to export (its "
      "SDK says: status 503); the first payload was taken 1.2 s after the fault's end (median)");
  for (SegmentRecord& segment : result.segments) segment.receipt.recovery_ms.reset();
  EXPECT_NE(ledger_words(result, 0)[0].find("no payload was taken after the fault's end"),
            std::string::npos);
}

TEST(LedgerWords, AGoodRunHasNone) {
  EXPECT_TRUE(ledger_words(testing::sample_run(testing::made_up_suite(2)), 0).empty());
}

TEST(LedgerWords, ALossThatCountsStandsBesideTheName) {
  RunResult result = failing_run();
  EXPECT_EQ(name_with_loss(result, 0, "on@100%"), "on@100%") << "it is void";
  for (ArmSpec& arm : result.suite.arms) arm.loss_expected = true;
  EXPECT_EQ(name_with_loss(result, 0, "on@100%"), "on@100%, 10 % of spans lost");
  EXPECT_EQ(name_with_loss(result, "off"), "off");
  EXPECT_NE(ledger_words(result, 0)[0].find("were lost (10 %), as the arm expects"),
            std::string::npos);
}

}  // namespace
}  // namespace tracetax
