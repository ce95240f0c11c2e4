// An event that the kernel itself counts, the CPU time of tasks, stands in for those of the
// processor, which many machines do not have.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/perf_counters.h"

#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace tracetax {
namespace {

constexpr PerfEvent kTaskClock{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK};
constexpr PerfEvent kNoSuchEvent{PERF_TYPE_HARDWARE, 9'999};

void burn_ms(long ms) {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  const long until = used.tv_sec * 1000 + used.tv_nsec / 1'000'000 + ms;
  while (used.tv_sec * 1000 + used.tv_nsec / 1'000'000 < until) {
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  }
}

/// A forked child with a second thread that is there from the start. When told, both burn, and so
/// do a new thread and a new process.
class Tree {
 public:
  Tree() {
    EXPECT_EQ(pipe(go_.data()), 0);
    EXPECT_EQ(pipe(said_.data()), 0);
    pid_ = fork();
    if (pid_ != 0) return;
    std::array<int, 2> second{};
    if (pipe(second.data()) != 0) _exit(1);
    std::thread other([&] {
      char token = 0;
      say();
      if (::read(second[0], &token, 1) == 1) burn_ms(60);
    });
    char token = 0;
    if (::read(go_[0], &token, 1) != 1 || write(second[1], "x", 1) != 1) _exit(1);
    burn_ms(60);
    std::thread([] { burn_ms(60); }).join();
    other.join();
    const pid_t child = fork();
    if (child == 0) {
      burn_ms(60);
      _exit(0);
    }
    waitpid(child, nullptr, 0);
    say();
    for (;;) pause();
  }
  ~Tree() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    for (const int file : {go_[0], go_[1], said_[0], said_[1]}) close(file);
  }
  void await() {
    char token = 0;
    EXPECT_EQ(::read(said_[0], &token, 1), 1);
  }
  void run() {
    EXPECT_EQ(write(go_[1], "x", 1), 1);
    await();
  }
  [[nodiscard]] MeteredTree metered() const { return {pid_, true}; }

 private:
  void say() {
    if (write(said_[1], "x", 1) != 1) _exit(1);
  }

  std::array<int, 2> go_{}, said_{};
  pid_t pid_ = -1;
};

TEST(PerfCounter, CountsEveryThreadAndWhatTheyBegin) {
  Tree tree;
  tree.await();  // the second thread is there
  auto counter = PerfCounter::open(tree.metered(), kTaskClock);
  if (!counter) GTEST_SKIP() << "this kernel lets nobody count: see perf_event_paranoid";
  tree.run();
  const auto counted_ns = counter->read();
  ASSERT_TRUE(counted_ns.has_value());
  EXPECT_GT(static_cast<double>(*counted_ns), 4 * 59e6) << "four tasks of 60 ms";
  EXPECT_LT(static_cast<double>(*counted_ns), 4 * 60e6 + 60e6) << "and no task twice";
}

TEST(PerfCounter, WhatCannotBeCountedIsNothing) {
  Tree tree;
  tree.await();
  EXPECT_FALSE(PerfCounter::open(tree.metered(), kNoSuchEvent).has_value());
  EXPECT_FALSE(PerfCounter::open({.root = 1 << 30, .root_included = true}, kTaskClock).has_value());
}

}  // namespace
}  // namespace tracetax
