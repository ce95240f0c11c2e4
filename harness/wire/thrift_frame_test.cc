// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/thrift_frame.h"

#include <gtest/gtest.h>

#include "harness/wire/testing.h"

namespace tracetax {
namespace {

using testing::bytes_of;
using Step = FrameEnd::Step;

TEST(ThriftFrame, TellsTheLengthOfTheRestOrOfAll) {
  for (const auto& [counts, length] :
       {std::pair{FrameLength::of_the_rest, "00000003"}, {FrameLength::of_all, "00000007"}}) {
    std::string out = "before";
    const std::size_t at = begin_frame(out);
    out += "abc";
    end_frame(out, at, counts);
    EXPECT_EQ(out, "before" + bytes_of(length) + "abc");
  }
}

TEST(ThriftFrame, FindsTheEndOfTheFirstFrame) {
  const std::string two = bytes_of("00000002 'ab' 00000001 'c'");
  const FrameEnd end = find_frame(two, FrameLength::of_the_rest, 100);
  EXPECT_EQ(end.step, Step::whole);
  EXPECT_EQ(end.size, 6U);
  EXPECT_EQ(find_frame(bytes_of("00000006 'ab'"), FrameLength::of_all, 100).size, 6U);
}

TEST(ThriftFrame, WaitsForWhatIsNotThereYet) {
  const std::string frame = bytes_of("00000002 'ab'");
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const FrameEnd end =
        find_frame(std::string_view{frame}.substr(0, size), FrameLength::of_the_rest, 100);
    EXPECT_EQ(end.step, Step::need_more) << size;
    EXPECT_EQ(end.size, size < kFrameLengthSize ? 0U : 6U) << size;
  }
}

TEST(ThriftFrame, RefusesWhatIsTooLongAsSoonAsTheLengthIsKnown) {
  EXPECT_EQ(find_frame(bytes_of("00000060"), FrameLength::of_the_rest, 100).step, Step::need_more);
  EXPECT_EQ(find_frame(bytes_of("00000061"), FrameLength::of_the_rest, 100).step, Step::malformed);
  EXPECT_EQ(find_frame(bytes_of("00000064"), FrameLength::of_all, 100).step, Step::need_more);
  EXPECT_EQ(find_frame(bytes_of("00000065"), FrameLength::of_all, 100).step, Step::malformed);
  EXPECT_EQ(find_frame(bytes_of("ffffffff"), FrameLength::of_the_rest, 100).step, Step::malformed);
}

TEST(ThriftFrame, ALengthThatCountsItselfIsAtLeastFour) {
  EXPECT_EQ(find_frame(bytes_of("00000003 'abc'"), FrameLength::of_all, 100).step, Step::malformed);
  EXPECT_EQ(find_frame(bytes_of("00000004"), FrameLength::of_all, 100).step, Step::whole);
  EXPECT_EQ(find_frame(bytes_of("00000000"), FrameLength::of_the_rest, 100).step, Step::whole);
}

}  // namespace
}  // namespace tracetax
