// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/gate/margins.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(Margins, TailsMayMoveMoreUnlessToldOtherwise) {
  const Margins margins;
  EXPECT_EQ(margins.of(Metric::cpu_per_request), 3);
  EXPECT_EQ(margins.of(Metric::response_p99), 6);
  EXPECT_EQ(margins.of(Metric::capacity), 3);
}

TEST(Margins, OneForAllOrSomeByName) {
  const Margins all = parse_margins("2.5%").value();
  for (const Metric metric : all_metrics()) EXPECT_EQ(all.of(metric), 2.5);
  const Margins some = parse_margins("p99=10%,cpu=0%").value();
  EXPECT_EQ(some.of(Metric::response_p99), 10);
  EXPECT_EQ(some.of(Metric::cpu_per_request), 0);
  EXPECT_EQ(some.of(Metric::response_p50), 3);
}

TEST(Margins, WhatIsNoMarginIsRefused) {
  for (const char* text : {"", "3", "-3%", "5us", "3%|5us", "100%", "cpu=5us", "cpu=", "cpx=3%",
                           "cpu=3%,cpu=4%", "cpu=100%"}) {
    const auto margins = parse_margins(text);
    ASSERT_FALSE(margins) << text;
    EXPECT_EQ(margins.error().code, ExitCode::usage);
  }
}

}  // namespace
}  // namespace tracetax
