// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/pinning.h"

#include <gtest/gtest.h>

#include <thread>

namespace tracetax {
namespace {

std::vector<CpuList> no_siblings(const CpuList& cpus) {
  std::vector<CpuList> siblings;
  for (const int cpu : cpus) siblings.push_back({cpu});
  return siblings;
}

TEST(CpuLists, ReadAndPrint) {
  EXPECT_EQ(*parse_cpu_list("0"), CpuList{0});
  EXPECT_EQ(*parse_cpu_list("0-3,6"), (CpuList{0, 1, 2, 3, 6}));
  EXPECT_EQ(*parse_cpu_list("7,1,1-2"), (CpuList{1, 2, 7}));
  EXPECT_EQ(format_cpu_list({0, 1, 2, 3, 6}), "0-3,6");
  EXPECT_EQ(format_cpu_list({5}), "5");
  EXPECT_EQ(format_cpu_list({}), "");
  EXPECT_EQ(*parse_cpu_list("1023"), CpuList{1023});
}

TEST(CpuLists, WrongTextsAreNamed) {
  for (const char* text :
       {"", "a", "1-", "-1", "3-1", "1,,2", "1 ", "0-1024", "99999999999", "1-2-3"}) {
    const auto list = parse_cpu_list(text);
    ASSERT_FALSE(list) << text;
    EXPECT_EQ(list.error().code, ExitCode::usage);
    EXPECT_NE(list.error().message.find("no CPU"), std::string::npos);
  }
}

TEST(Pinning, TwoCpusAreDriverAndTarget) {
  const auto choice = divide_cpus({0, 1}, no_siblings({0, 1}), 1);
  EXPECT_EQ(choice.driver, CpuList{0});
  EXPECT_EQ(choice.target, CpuList{1});
  EXPECT_TRUE(choice.warnings.empty());
}

TEST(Pinning, OneCpuIsNotPinnedAndSaidSo) {
  const auto choice = divide_cpus({3}, {{3}}, 1);
  EXPECT_TRUE(choice.driver.empty());
  EXPECT_TRUE(choice.target.empty());
  EXPECT_EQ(choice.warnings.size(), 1U);
}

TEST(Pinning, DriverGetsACpuPerThreadAndTheTargetTheRest) {
  const CpuList eight{0, 1, 2, 3, 4, 5, 6, 7};
  const auto choice = divide_cpus(eight, no_siblings(eight), 3);
  EXPECT_EQ(format_cpu_list(choice.driver), "0-2");
  EXPECT_EQ(format_cpu_list(choice.target), "3-7");
}

TEST(Pinning, TheTargetKeepsACpuHoweverManyThreadsDrive) {
  const auto choice = divide_cpus({0, 1, 2}, no_siblings({0, 1, 2}), 16);
  EXPECT_EQ(format_cpu_list(choice.driver), "0-1");
  EXPECT_EQ(format_cpu_list(choice.target), "2");
}

TEST(Pinning, SiblingsOfADriverCoreStayEmpty) {
  // two cores with two hardware threads each: 0+2 and 1+3
  const auto choice = divide_cpus({0, 1, 2, 3}, {{0, 2}, {1, 3}, {0, 2}, {1, 3}}, 1);
  EXPECT_EQ(format_cpu_list(choice.driver), "0");
  EXPECT_EQ(format_cpu_list(choice.target), "1,3");
}

TEST(Pinning, OneCoreWithTwoThreadsIsDividedWithAWarning) {
  const auto choice = divide_cpus({0, 1}, {{0, 1}, {0, 1}}, 1);
  EXPECT_EQ(choice.driver, CpuList{0});
  EXPECT_EQ(choice.target, CpuList{1});
  EXPECT_EQ(choice.warnings.size(), 1U);
}

TEST(Pinning, OneSideGivenLeavesTheRestToTheOther) {
  const CpuList allowed = allowed_cpus();
  if (allowed.size() < 2) GTEST_SKIP() << "needs two CPUs";
  const auto choice = choose_pinning({.driver = {}, .target = std::to_string(allowed[0])}, 1);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->target, CpuList{allowed[0]});
  EXPECT_EQ(choice->driver.size(), allowed.size() - 1);
}

TEST(Pinning, SharedAndForbiddenCpus) {
  const std::string first = std::to_string(allowed_cpus().front());
  const auto shared = choose_pinning({.driver = first, .target = first}, 1);
  ASSERT_TRUE(shared);
  EXPECT_EQ(shared->warnings.size(), 1U);
  const auto forbidden = choose_pinning({.driver = "1023", .target = {}}, 1);
  ASSERT_FALSE(forbidden);
  EXPECT_NE(forbidden.error().message.find("pin.driver"), std::string::npos);
}

TEST(Pinning, TellsWhichCpusTwoListsShare) {
  EXPECT_EQ(shared_cpus({0, 1}, {1, 2}), CpuList{1});
  EXPECT_EQ(shared_cpus({0}, {1}), CpuList{});
  EXPECT_EQ(shared_cpus({}, {}), CpuList{}) << "not pinned";
}

TEST(Pinning, AThreadIsPinnedWithThoseItStarts) {
  std::thread{[] {
    const int cpu = allowed_cpus().front();
    ASSERT_TRUE(pin_this_thread({cpu}));
    std::thread{[cpu] { EXPECT_EQ(allowed_cpus(), CpuList{cpu}); }}.join();
  }}.join();
}

}  // namespace
}  // namespace tracetax
