// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/self_counts.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(SelfCounts, LastLineOfItsKindCounts) {
  const auto counts = read_self_counts(
      "{\"ready\":true,\"port\":1}\n{\"tracetax_spans\":{\"started\":1}}\n"
      "{\"tracetax_spans\":{\"started\":9,\"sampled\":8,\"ended\":7,\"dropped\":3,\"exported\":4,"
      "\"failed\":0}}\nbye\n");
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->started, 9U);
  EXPECT_EQ(counts->sampled, 8U);
  EXPECT_EQ(counts->ended, 7U);
  EXPECT_EQ(counts->dropped, 3U);
  EXPECT_EQ(counts->exported, 4U);
}

TEST(SelfCounts, WhatIsSetUpMayBeSaidToo) {
  const auto counts = read_self_counts(
      "{\"tracetax_spans\":{\"started\":1,\"set_after_end\":2,\"sampler\":\"AlwaysOn\","
      "\"exporter\":"
      "\"none\",\"processor\":7}}\n");
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->set_after_end, 2U);
  EXPECT_EQ(counts->sampler, "AlwaysOn");
  EXPECT_EQ(counts->exporter, "none");
  EXPECT_EQ(counts->processor, "");
}

TEST(SelfCounts, SamplingNeedNotBeCounted) {
  const auto counts = read_self_counts("{\"tracetax_spans\":{\"ended\":7,\"exported\":6}}\n");
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->sampled, 7U);
  EXPECT_EQ(counts->started, 7U);
}

TEST(SelfCounts, AnythingElseIsNothing) {
  for (const char* text :
       {"", "tracetax_spans", "{\"tracetax_spans\":7}", "{\"tracetax_spans\":{\"started\":-1}}",
        "{\"tracetax_spans\":{\"started\":\"9\"}}", "{\"tracetax_spans\":{\"started\":9}",
        "\xff\n"}) {
    EXPECT_FALSE(read_self_counts(text)) << text;
  }
}

}  // namespace
}  // namespace tracetax
