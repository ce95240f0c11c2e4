// First in, first out, around the corner.
// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/ring.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(Ring, KeepsTheOrderAcrossTheEndOfItsMemory) {
  Ring<int> ring{3};
  int in = 0, out = 0;
  for (int round = 0; round < 10; ++round) {
    while (!ring.full()) ring.push(in++);
    EXPECT_EQ(ring.size(), 3U);
    EXPECT_EQ(ring.pop(), out++);
    EXPECT_EQ(ring.pop(), out++);
  }
  EXPECT_EQ(ring.pop(), out++);
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(in, out);
}

TEST(Ring, OfOneIsFullOrEmpty) {
  Ring<int> ring{1};
  EXPECT_TRUE(ring.empty());
  EXPECT_FALSE(ring.full());
  ring.push(5);
  EXPECT_TRUE(ring.full());
  EXPECT_EQ(ring.pop(), 5);
  EXPECT_TRUE(ring.empty());
}

}  // namespace
}  // namespace tracetax
