// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/cost_pieces.h"

#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <chrono>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(CostPieces, AreAsManyAsRequestsAndTimeAllow) {
  EXPECT_EQ(pieces_for(1'000, 3s), 15);
  EXPECT_EQ(pieces_for(100'000, 600ms), 12);
  EXPECT_EQ(pieces_for(400, 3s), 12);
  EXPECT_EQ(pieces_for(110, 3s), 3);
  EXPECT_EQ(pieces_for(90, 3s), 0);
  EXPECT_EQ(pieces_for(1'000, 100ms), 0);
}

// This process burns its own CPU and calls it answers: one for each ms at first, then two.
TEST(CostPieces, FollowWhatAnAnswerCosts) {
  const auto tree = sample_tree({getpid(), true});
  ASSERT_TRUE(tree);
  std::atomic<std::uint64_t> answers{0};
  CostPieces pieces(*tree, answers, 100ms, 4);
  const auto burn = [](std::chrono::nanoseconds time) {
    timespec now{};
    const auto cpu = [&now] {
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
      return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
    };
    for (const auto until = cpu() + time; cpu() < until;) {
    }
  };
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < start + 450ms) {
    burn(1ms);
    answers += std::chrono::steady_clock::now() < start + 200ms ? 1 : 2;
  }
  const std::vector<double> costs_us = pieces.stop();
  ASSERT_EQ(costs_us.size(), 4U);
  EXPECT_NEAR(costs_us.front(), 1'000, 150);
  EXPECT_NEAR(costs_us.back(), 500, 75);
}

TEST(CostPieces, CountOnlyPiecesThatAreOver) {
  const auto tree = sample_tree({getpid(), true});
  ASSERT_TRUE(tree);
  std::atomic<std::uint64_t> answers{0};
  CostPieces pieces(*tree, answers, 1h, 3);
  answers = 10;
  EXPECT_TRUE(pieces.stop().empty());
}

}  // namespace
}  // namespace tracetax
