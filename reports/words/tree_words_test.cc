// SPDX-License-Identifier: Apache-2.0
#include "reports/words/tree_words.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

RunResult with(std::vector<TreeAccount> accounts) {
  RunResult result;
  result.suite.arms.emplace_back().name = "on";
  for (TreeAccount& account : accounts) {
    SegmentRecord& segment = result.segments.emplace_back();
    segment.arm = "on";
    segment.receipt.trees = std::move(account);
  }
  return result;
}

TreeAccount right_one() {
  TreeAccount account;
  account.traces = account.right = 1200;
  account.requests = {{"POST /order", 1000}, {"POST /order, sold_out", 200}};
  account.links_expected = account.links_received = 1000;
  return account;
}

TEST(TreeWords, TellThatAllIsRight) {
  EXPECT_EQ(tree_words(with({right_one(), right_one()}), 0),
            (std::vector<std::string>{
                "on: all 2,400 traces of requests are the tree that the topology says; each of "
                "2,000 messages was linked to once (requests: POST /order: 2,000; POST /order, "
                "sold_out: 400)"}));
  EXPECT_TRUE(tree_words(with({}), 0).empty());
}

TEST(TreeWords, TellWhatIsWrong) {
  TreeAccount wrong = right_one();
  wrong.right -= 2;
  wrong.links_received = 999;
  wrong.linked_wrong = 1;
  wrong.wrong = {{"POST /order", 2, "trace ab: span 'x' is missing"}};
  EXPECT_EQ(tree_words(with({right_one(), wrong}), 0),
            (std::vector<std::string>{
                "on: 2 of 2,400 traces of requests are not the tree that the topology says; 1,999 "
                "of 2,000 messages were linked to, and 1 linked traces are not as they should be "
                "(requests: POST /order: 2,000; POST /order, sold_out: 400)",
                "on: 2 wrong traces of POST /order, the first: trace ab: span 'x' is missing"}));
}

TEST(TreeWords, TellCounts) {
  TreeAccount counts;
  counts.counted_expected = 1000;
  counts.counted_received = 1001;
  counts.counted_uncertain = 1;
  EXPECT_EQ(tree_words(with({counts}), 0),
            (std::vector<std::string>{"on: its spans were counted in place, and the sums are "
                                      "right: 1,001 SERVER spans"}));
  counts.counted_received = 1002;
  EXPECT_EQ(tree_words(with({counts}), 0),
            (std::vector<std::string>{"on: its spans were counted in place, and the sums are "
                                      "wrong: 1,002 SERVER spans, and 1,000 had to be there"}));
}

}  // namespace
}  // namespace tracetax
