// When a worker sleeps and when it spins. Times are only bounded from below: how late a machine
// wakes is its own affair.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/release.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "harness/load/poller.h"
#include "harness/load/session/monotonic.h"

namespace tracetax {
namespace {

class ReleaseTest : public ::testing::Test {
 protected:
  ~ReleaseTest() override { close(event_fd_); }

  void raise_events() {
    poller_.watch(event_fd_, 0, false);
    happens_ = true;
  }
  int wait(Release& release, std::int64_t idle_ns, std::int64_t now_ns = 0) {
    // Each is told once.
    const std::uint64_t one = 1;
    if (happens_) {
      EXPECT_EQ(write(event_fd_, &one, sizeof one), static_cast<ssize_t>(sizeof one));
    }
    const std::int64_t from = monotonic_ns();
    const int n = release.wait(poller_, now_ns, idle_ns);
    waited_ns_ = monotonic_ns() - from;
    return n;
  }

  Poller poller_;
  int event_fd_ = eventfd(0, EFD_CLOEXEC);
  bool happens_ = false;  // before every wait
  std::int64_t waited_ns_ = 0;
};

constexpr Nanos kGuard{50'000};

TEST(ReleaseMode, HasANameThatIsReadBack) {
  for (const auto mode : {ReleaseMode::sleep, ReleaseMode::hybrid, ReleaseMode::spin}) {
    EXPECT_EQ(release_mode_from(name_of(mode)), mode);
  }
  EXPECT_FALSE(release_mode_from("nap"));
}

TEST(ReleaseMode, SpinsOnlyWhereCpusAreLeft) {
  EXPECT_EQ(release_mode_for(0), ReleaseMode::sleep);
  EXPECT_EQ(release_mode_for(1), ReleaseMode::sleep);
  EXPECT_EQ(release_mode_for(2), ReleaseMode::hybrid);
  EXPECT_EQ(release_mode_for(3), ReleaseMode::hybrid);
  EXPECT_EQ(release_mode_for(4), ReleaseMode::spin);
}

TEST_F(ReleaseTest, SleepWaitsForTheWholeTime) {
  Release release{ReleaseMode::sleep, kGuard};
  EXPECT_EQ(wait(release, 3'000'000), 0);
  EXPECT_FALSE(release.spun());
  EXPECT_GE(waited_ns_, 2'900'000);
}

TEST_F(ReleaseTest, HybridSleepsUntilTheGuardThenSpins) {
  Release release{ReleaseMode::hybrid, kGuard};
  EXPECT_EQ(wait(release, 3'000'000), 0);
  EXPECT_FALSE(release.spun());
  EXPECT_GE(waited_ns_, 2'850'000);
  EXPECT_EQ(wait(release, 40'000, 3'000'000), 0);
  EXPECT_TRUE(release.spun());
}

TEST_F(ReleaseTest, HybridRestsATenthOfTheTime) {
  Release release{ReleaseMode::hybrid, kGuard};
  std::int64_t rested_ns = 0;
  int rests = 0;
  for (std::int64_t now_ns = 0; now_ns <= 10'000'000;
       now_ns += 20'000) {  // something is always due soon
    EXPECT_EQ(wait(release, 10'000, now_ns), 0);
    if (release.spun()) continue;
    rested_ns += waited_ns_;
    ++rests;
  }
  EXPECT_GE(rested_ns, 10'000'000 / 10 - 20'000);
  EXPECT_LE(rests, 100);  // of 10 us at least: what a late waking gives too much counts
}

TEST_F(ReleaseTest, ARestThatAnEventEndsIsMadeUpFor) {
  raise_events();
  for (int start = 0; start < 20; ++start) {
    Release release{ReleaseMode::hybrid, kGuard};
    // 50 us are owed at 1 ms, and less than 10 us are not worth a rest. A thread that was held up
    // in a wait has rested longer than the event let it; from 40 us on both are right.
    for (std::int64_t rested_at_most_ns = 0, turn = 0; turn < 20 && rested_at_most_ns < 40'000;
         ++turn) {
      EXPECT_EQ(wait(release, 10'000, 1'000'000), 1);
      EXPECT_FALSE(release.spun())
          << "turn " << turn << ": at most " << rested_at_most_ns << " ns of 50 us were rested";
      rested_at_most_ns += waited_ns_;
    }
  }
}

TEST_F(ReleaseTest, ALongSleepIsNoCreditForLongSpinning) {
  Release release{ReleaseMode::hybrid, kGuard};
  EXPECT_EQ(wait(release, 3'000'000, 0), 0);
  EXPECT_EQ(wait(release, 10'000, 3'000'000), 0);
  EXPECT_TRUE(release.spun());
  EXPECT_EQ(wait(release, 10'000, 3'400'000), 0);  // 40 us owed since
  EXPECT_FALSE(release.spun());
}

TEST_F(ReleaseTest, SpinNeverSleepsWhileSomethingIsPlanned) {
  Release release{ReleaseMode::spin, kGuard};
  EXPECT_EQ(wait(release, 3'600'000'000'000), 0);
  EXPECT_TRUE(release.spun());
}

TEST_F(ReleaseTest, AnyModeSleepsWhenNothingIsPlannedButNotForLong) {
  for (const auto mode : {ReleaseMode::sleep, ReleaseMode::hybrid, ReleaseMode::spin}) {
    Release release{mode, kGuard};
    EXPECT_EQ(wait(release, -1), 0);
    EXPECT_FALSE(release.spun());
    EXPECT_GE(waited_ns_, 9'900'000);
  }
}

TEST_F(ReleaseTest, AnEventEndsAnyWait) {
  raise_events();
  for (const auto mode : {ReleaseMode::sleep, ReleaseMode::hybrid, ReleaseMode::spin}) {
    Release release{mode, kGuard};
    EXPECT_EQ(wait(release, -1), 1);
    EXPECT_EQ(wait(release, 10'000'000), 1);
    EXPECT_EQ(wait(release, 0), 1);
  }
}

}  // namespace
}  // namespace tracetax
