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

TEST(SelfInvariants, LastLineOfItsKindCounts) {
  const auto invariants = read_self_invariants(
      "{\"tracetax_invariants\":[{\"name\":\"old\",\"holds\":true}]}\n"
      "{\"tracetax_invariants\":[{\"name\":\"books\",\"holds\":true},"
      "{\"name\":\"no oversell\",\"holds\":false,\"saw\":\"3\"}]}\n"
      "{\"tracetax_spans\":{\"ended\":7}}\n");
  ASSERT_EQ(invariants.size(), 2U);
  EXPECT_EQ(invariants[0].name, "books");
  EXPECT_TRUE(invariants[0].holds);
  EXPECT_FALSE(invariants[1].holds);
  EXPECT_EQ(invariants[1].saw, "3");
}

TEST(SelfInvariants, AnythingElseIsNothing) {
  for (const char* text : {"", "tracetax_invariants", "{\"tracetax_invariants\":7}",
                           "{\"tracetax_invariants\":[{\"name\":\"a\"}]}",
                           "{\"tracetax_invariants\":[{\"name\":1,\"holds\":true}]}",
                           "{\"tracetax_invariants\":[{\"name\":\"a\",\"holds\":\"yes\"}]}"}) {
    EXPECT_TRUE(read_self_invariants(text).empty()) << text;
  }
}

}  // namespace
}  // namespace tracetax
