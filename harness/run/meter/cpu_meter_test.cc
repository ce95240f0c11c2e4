// Children burn CPU time, say how much by their own clock, and the meter must agree.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/meter/cpu_meter.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

#include "harness/run/process/process.h"

namespace tracetax {
namespace {

using namespace std::chrono_literals;

std::uint64_t own_cpu_ns() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(used.tv_nsec);
}

void burn(std::chrono::milliseconds amount) {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  const auto in_ns = [](const timespec& t) { return Nanos{t.tv_sec * 1'000'000'000 + t.tv_nsec}; };
  const Nanos until = in_ns(used) + amount;
  while (in_ns(used) < until) clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
}

/// A forked child that runs `work` when told, says what it used, and waits to be killed.
class Burner {
 public:
  explicit Burner(const std::function<std::uint64_t()>& work) {
    EXPECT_EQ(pipe(go_.data()), 0);
    EXPECT_EQ(pipe(done_.data()), 0);
    pid_ = fork();
    if (pid_ == 0) {
      char token = 0;
      if (read(go_[0], &token, 1) != 1) _exit(1);
      const std::uint64_t used = work();
      if (write(done_[1], &used, sizeof used) < 0) _exit(1);
      for (;;) pause();
    }
  }
  ~Burner() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    for (const int fd : {go_[0], go_[1], done_[0], done_[1]}) close(fd);
  }
  std::uint64_t run() {
    EXPECT_EQ(write(go_[1], "x", 1), 1);
    std::uint64_t used = 0;
    EXPECT_EQ(read(done_[0], &used, sizeof used), static_cast<ssize_t>(sizeof used));
    return used;
  }
  [[nodiscard]] MeteredTree tree() const { return {pid_, true}; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  std::array<int, 2> go_{}, done_{};
  pid_t pid_ = -1;
};

/// Until the program has said so many bytes.
void await_output(const Process& process, std::uint64_t bytes) {
  while (process.log().written() < bytes) usleep(1000);
}

void expect_agreement(Burner& burner) {
  const auto before = sample_tree(burner.tree());
  ASSERT_TRUE(before);
  const auto said = static_cast<double>(burner.run());
  const auto after = sample_tree(burner.tree());
  ASSERT_TRUE(after);
  const auto usage = usage_between(*before, *after);
  ASSERT_TRUE(usage) << usage.error().message;
  EXPECT_NEAR(static_cast<double>(usage->cpu_ns), said, 0.05 * said + 2e6);
}

TEST(CpuMeter, AgreesWithTheProcessItself) {
  Burner burner{[] {
    const std::uint64_t start = own_cpu_ns();
    burn(60ms);
    return own_cpu_ns() - start;
  }};
  expect_agreement(burner);
}

TEST(CpuMeter, CountsThreadsThatLiveAndThatEnded) {
  Burner burner{[] {
    const std::uint64_t start = own_cpu_ns();
    std::thread ended{[] { burn(30ms); }};
    ended.join();
    std::latch burnt{1};
    std::thread{[&burnt] {
      burn(30ms);
      burnt.count_down();
      for (;;) pause();
    }}.detach();
    burn(20ms);
    burnt.wait();
    return own_cpu_ns() - start;
  }};
  expect_agreement(burner);
}

TEST(CpuMeter, CountsChildrenThatLive) {
  Burner burner{[] {
    std::array<int, 2> said{};
    if (pipe(said.data()) != 0) _exit(1);
    const std::uint64_t start = own_cpu_ns();
    for (int i = 0; i < 2; ++i) {
      if (fork() == 0) {
        // Before a word is said: once both have spoken, the parent may be killed at any time, and a
        // child that asks for the signal after that waits for ever, with the test's output open.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        burn(30ms);
        const std::uint64_t used = own_cpu_ns();
        if (write(said[1], &used, sizeof used) < 0) _exit(1);
        for (;;) pause();
      }
    }
    std::uint64_t sum = 0;
    for (int i = 0; i < 2; ++i) {
      std::uint64_t used = 0;
      if (read(said[0], &used, sizeof used) < 0) _exit(1);
      sum += used;
    }
    return sum + own_cpu_ns() - start;
  }};
  expect_agreement(burner);
}

TEST(CpuMeter, CountsChildrenThatEndedToTheTick) {
  Burner burner{[] {
    const pid_t child = fork();
    if (child == 0) {
      burn(100ms);
      _exit(0);
    }
    waitpid(child, nullptr, 0);
    return std::uint64_t{100'000'000};
  }};
  const auto before = sample_tree(burner.tree());
  burner.run();
  const auto after = sample_tree(burner.tree());
  ASSERT_TRUE(before && after);
  const auto usage = usage_between(*before, *after);
  ASSERT_TRUE(usage);
  EXPECT_NEAR(static_cast<double>(usage->cpu_ns), 100e6, 25e6);
}

// A target that starts a second process, as a chain of two services does.
TEST(CpuMeter, ALaunchedProgramCountsWithWhatItStarts) {
  constexpr const char* kTwoServices =
      "import os, sys, time\n"
      "os.fork()\n"
      "while time.process_time() < 0.1: pass\n"
      "os.write(1, b'%012d\\n' % time.process_time_ns())\n"
      "time.sleep(1000)\n";
  auto process = Process::launch(
      {.argv = {"python3", "-c", kTwoServices}, .environment = inherited_environment()});
  ASSERT_TRUE(process) << process.error().message;
  await_output(*process, 26);
  const auto sample = sample_tree({process->keeper(), false});
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->processes.size(), 2U);
  const std::string said = process->log().tail(26);
  const double sum = std::stod(said.substr(0, 12)) + std::stod(said.substr(13, 12));
  // What ended is left out: python3 may be a script that looks for the real one first.
  EXPECT_NEAR(static_cast<double>(sample->cpu_ns() - sample->ended_cpu_ns), sum, 0.05 * sum + 2e6);
}

TEST(CpuMeter, AnEndedProcessIsAnError) {
  auto process = Process::launch(
      {.argv = {"sh", "-c", "sleep 100 & echo $!; wait"}, .environment = inherited_environment()});
  ASSERT_TRUE(process);
  await_output(*process, 1);
  const MeteredTree tree{process->keeper(), false};
  const auto before = sample_tree(tree);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->processes.size(), 2U);
  process->stop(10s);
  EXPECT_FALSE(sample_tree(tree));

  auto other = Process::launch({.argv = {"sleep", "100"}, .environment = inherited_environment()});
  ASSERT_TRUE(other);
  const auto after = sample_tree({other->keeper(), false});
  ASSERT_TRUE(after);
  EXPECT_FALSE(usage_between(*before, *after));
}

TEST(CpuMeter, TheSamePidWithAnotherStartIsAnotherProcess) {
  TreeSample before{.processes = {{.pid = 10, .start_ticks = 5, .cpu_ns = 100}}};
  TreeSample after{.processes = {{.pid = 10, .start_ticks = 6, .cpu_ns = 300}}};
  EXPECT_FALSE(usage_between(before, after));
  after.processes[0].start_ticks = 5;
  EXPECT_EQ(usage_between(before, after)->cpu_ns, 200U);
}

TEST(CpuMeter, ANewProcessCountsInFull) {
  const TreeSample before{.processes = {{.pid = 10, .start_ticks = 5, .cpu_ns = 100}}};
  const TreeSample after{.processes = {{.pid = 10, .start_ticks = 5, .cpu_ns = 150},
                                       {.pid = 11, .start_ticks = 9, .cpu_ns = 30}}};
  EXPECT_EQ(usage_between(before, after)->cpu_ns, 80U);
}

TEST(CpuMeter, MemoryAndSwitchesAreThere) {
  Burner burner{[] {
    for (int i = 0; i < 20; ++i) usleep(1000);
    return std::uint64_t{0};
  }};
  const auto before = sample_tree(burner.tree());
  burner.run();
  const auto after = sample_tree(burner.tree());
  ASSERT_TRUE(before && after);
  const auto usage = usage_between(*before, *after);
  ASSERT_TRUE(usage);
  EXPECT_GE(usage->voluntary_switches, 20U);
  EXPECT_GT(usage->rss_steady_bytes, 100'000U);
  EXPECT_GE(usage->rss_peak_bytes, usage->rss_steady_bytes);
}

}  // namespace
}  // namespace tracetax
