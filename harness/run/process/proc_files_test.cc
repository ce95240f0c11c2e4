// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/proc_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace tracetax {
namespace {

TEST(ProcFiles, StatOfAProcessWithAnOddName) {
  const auto stat = parse_process_stat(
      "77 (a) S (b) R 5 77 77 0 -1 4194304 100 0 0 0 11 22 3 4 20 0 1 0 4242 1000 10 18446744073");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->state, 'R');
  EXPECT_EQ(stat->parent, 5);
  EXPECT_EQ(stat->user_ticks, 11U);
  EXPECT_EQ(stat->system_ticks, 22U);
  EXPECT_EQ(stat->child_ticks, 7U);
  EXPECT_EQ(stat->start_ticks, 4242U);
}

TEST(ProcFiles, TruncatedStatIsNothing) {
  EXPECT_FALSE(parse_process_stat(""));
  EXPECT_FALSE(parse_process_stat("77 (x"));
  EXPECT_FALSE(parse_process_stat("77 (x) R 5 77"));
}

TEST(ProcFiles, FieldIsFoundByItsWholeName) {
  const std::string text = "VmHWMore:\t9 kB\nVmHWM:\t  12 kB\nempty:\nnr_throttled 7";
  EXPECT_EQ(field_of(text, "VmHWM"), "12 kB");
  EXPECT_EQ(field_of(text, "nr_throttled"), "7");
  EXPECT_EQ(field_of(text, "empty"), "");
  EXPECT_FALSE(field_of(text, "absent"));
}

TEST(ProcFiles, ThisProcessIsThere) {
  EXPECT_EQ(process_stat(getpid())->parent, getppid());
  EXPECT_FALSE(threads_of(getpid()).empty());
  EXPECT_FALSE(process_stat(0x7ffffff0));
  EXPECT_FALSE(read_small_file("/no/such/file"));
}

}  // namespace
}  // namespace tracetax
