// Merging and ranking, as steps of one request.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <vector>

#include "targets/work/testing.h"

namespace tracetax {
namespace {

std::vector<int> numbers_in(const std::string& text) {
  std::istringstream in(text);
  std::vector<int> numbers;
  for (int number = 0; in >> number;) numbers.push_back(number);
  return numbers;
}

TEST(MergeDedup, NamesEachItemOnceAndNoMoreThanAsked) {
  const MadeWork merge = made_work(
      "merge_dedup", R"({"by": "user", "lists": 3, "length": 100, "items": 150, "most": 90})");
  ASSERT_EQ(merge.mistakes, "");
  const auto items = numbers_in(merge.sets("candidates", {{"user", "7"}}));
  EXPECT_EQ(items.size(), 90U);
  EXPECT_EQ(std::set<int>(items.begin(), items.end()).size(), 90U);
  EXPECT_EQ(numbers_in(merge.sets("candidates", {{"user", "7"}})), items);
  EXPECT_NE(numbers_in(merge.sets("candidates", {{"user", "8"}})), items);
}

TEST(MergeDedup, EndsWithTheLists) {
  const MadeWork merge =
      made_work("merge_dedup", R"({"by": "user", "lists": 2, "length": 3, "items": 1000000})");
  EXPECT_EQ(numbers_in(merge.sets("candidates", {{"user", "7"}})).size(), 6U);
}

TEST(Rank, PutsTheBestOfTheCandidatesInOrderWhateverTheirOrderWas) {
  const MadeWork rank = made_work("rank", R"({"by": "user", "items": 100, "top": 3})");
  ASSERT_EQ(rank.mistakes, "");
  const auto best = rank.sets("items", {{"user", "7"}, {"candidates", "1 2 3 4 5 6"}});
  EXPECT_EQ(numbers_in(best).size(), 3U);
  EXPECT_EQ(rank.sets("items", {{"user", "7"}, {"candidates", "6 5 4 3 2 1"}}), best);
  // The worst of these is not among the best of all.
  const int first = numbers_in(best).front();
  EXPECT_EQ(rank.sets("items", {{"user", "7"}, {"candidates", std::to_string(first)}}),
            std::to_string(first));
  EXPECT_EQ(rank.sets("candidates", {{"user", "7"}, {"candidates", "1 2"}}), "");
  EXPECT_FALSE(rank.run({{"user", "7"}}));  // there is nothing to rank
}

}  // namespace
}  // namespace tracetax
