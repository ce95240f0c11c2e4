// SPDX-License-Identifier: Apache-2.0
#include "harness/load/poller.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <thread>

#include "harness/load/session/monotonic.h"

namespace tracetax {
namespace {

class PollerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(poller_.is_open());
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_), 0);
  }
  ~PollerTest() override {
    for (const int end : ends_) {
      if (end >= 0) close(end);
    }
  }

  Poller poller_;
  int ends_[2] = {-1, -1};  // ours and the peer's
};

TEST_F(PollerTest, TellsWhichSocketCanBeReadAndTellsItOnce) {
  poller_.watch(ends_[0], 7, false);
  EXPECT_EQ(poller_.wait(0), 0);
  ASSERT_EQ(write(ends_[1], "x", 1), 1);
  ASSERT_EQ(poller_.wait(0), 1);
  EXPECT_EQ(poller_.news(0).slot, 7U);
  EXPECT_TRUE(poller_.news(0).readable());
  EXPECT_FALSE(poller_.news(0).writable());
  EXPECT_FALSE(poller_.news(0).peer_closed());
  EXPECT_EQ(poller_.wait(0), 0);
}

TEST_F(PollerTest, TellsWhatIsTrueAlreadyWhenAskedAgain) {
  poller_.watch(ends_[0], 7, false);
  poller_.watch_again(ends_[0], 8, true);
  ASSERT_EQ(poller_.wait(0), 1);
  EXPECT_EQ(poller_.news(0).slot, 8U);
  EXPECT_TRUE(poller_.news(0).writable());
  EXPECT_FALSE(poller_.news(0).readable());
  poller_.watch_again(ends_[0], 8, true);
  EXPECT_EQ(poller_.wait(0), 1);
}

TEST_F(PollerTest, AClosedPeerCanBeReadToItsEnd) {
  poller_.watch(ends_[0], 0, false);
  close(ends_[1]);
  ends_[1] = -1;
  ASSERT_EQ(poller_.wait(0), 1);
  EXPECT_TRUE(poller_.news(0).peer_closed());
  EXPECT_TRUE(poller_.news(0).readable());
}

TEST_F(PollerTest, ForgetsASocketThatIsClosed) {
  poller_.watch(ends_[0], 0, true);
  close(ends_[0]);
  ends_[0] = -1;
  EXPECT_EQ(poller_.wait(0), 0);
}

TEST_F(PollerTest, WaitsForAsLongAsAskedIfThereIsNoNews) {
  const std::int64_t from = monotonic_ns();
  EXPECT_EQ(poller_.wait(3'000'000), 0);
  EXPECT_GE(monotonic_ns() - from, 2'900'000);
}

// As a kernel before 5.11, or a container that does not know the call. For this thread, for good.
void refuse_epoll_pwait2(unsigned error) {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_pwait2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(filter), filter};
  ASSERT_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

TEST_F(PollerTest, WaitsAsWellWhereEpollPwait2IsRefused) {
  for (const int error : {ENOSYS, EPERM}) {
    std::jthread{[&] {
      refuse_epoll_pwait2(static_cast<unsigned>(error));
      Poller poller;
      const std::int64_t from = monotonic_ns();
      EXPECT_EQ(poller.wait(300'000), 0);
      EXPECT_EQ(poller.wait(3'000'000), 0);
      EXPECT_GE(monotonic_ns() - from, 3'200'000);
      poller.watch(ends_[0], 7, true);
      EXPECT_EQ(poller.wait(3'600'000'000'000), 1);
      EXPECT_EQ(poller.news(0).slot, 7U);
    }}.join();
  }
}

}  // namespace
}  // namespace tracetax
