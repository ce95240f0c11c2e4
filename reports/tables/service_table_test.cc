// SPDX-License-Identifier: Apache-2.0
#include "reports/tables/service_table.h"

#include <gtest/gtest.h>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

using Rows = std::vector<std::vector<std::string>>;

/// Two services; the second segment of off is void and would be dear.
RunResult two_services() {
  Suite suite = testing::test_suite(3);
  suite.arms = {suite.arms[0], suite.arms[4]};
  return testing::test_run(suite, [](SegmentRecord& segment) {
    const bool on = segment.arm != "off";
    const std::uint64_t unit = 1'000 * segment.requests;  // 1 us
    const bool bad = segment.spec.block == 1 && !on;
    segment.services = {{"db", ServiceRole::companion, (bad ? 100 : 2) * unit, 1},
                        {"app", ServiceRole::subject, (on ? 12U : 10U) * unit, 1}};
    if (bad) testing::make_void(segment, VoidRule::driver_lag);
  });
}

TEST(ServiceTable, AServicePerRowAndTheirSum) {
  const auto table = service_table(two_services(), 0);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->columns.size(), 4U);
  EXPECT_EQ(table->rows, (Rows{{"db", "companion", "2.00 us", "2.00 us"},
                               {"app", "subject", "10.0 us", "12.0 us"},
                               {"all together", "", "12.0 us", "14.0 us"}}));
}

TEST(ServiceTable, OfOneProcessThereIsNone) {
  EXPECT_FALSE(service_table(testing::test_run(testing::test_suite(1)), 0));
}

}  // namespace
}  // namespace tracetax
