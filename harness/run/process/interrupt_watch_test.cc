// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/interrupt_watch.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using namespace std::chrono_literals;

TEST(Patience, IsShortAtFullSpeedAndCoversTheGapsOfALowRate) {
  EXPECT_EQ(patience_at(0), 1200ms);
  EXPECT_EQ(patience_at(10'000), 1200ms + 500us);
  EXPECT_EQ(patience_at(1), 6200ms);
  EXPECT_EQ(patience_at(0.5), 11200ms);
}

}  // namespace
}  // namespace tracetax
