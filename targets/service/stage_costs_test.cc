// SPDX-License-Identifier: Apache-2.0
#include "targets/service/stage_costs.h"

#include <gtest/gtest.h>

#include "targets/request/exchange_fixture.h"
#include "targets/service/testing.h"
#include "targets/stages/application/work.h"

namespace tracetax {
namespace {

// The burnt CPU is a lower bound on what its stage takes, whatever else the machine does.
TEST(StageCosts, InjectedWorkIsFoundAtItsStage) {
  const auto make = [] {
    std::vector<StagePointer> stages;
    stages.push_back(make_stage(RecoverSpec{}));
    stages.push_back(make_stage(WorkSpec{.per_request = std::chrono::microseconds(200)}));
    stages.push_back(std::make_unique<FunctionStage>([](Exchange&) {}));
    return stages;
  };
  const auto costs = measure_stages(make,
                                    [](const Chain& chain) {
                                      ExchangeFixture f;
                                      chain.handle(f.exchange);
                                    },
                                    {.rounds = 5, .walks = 5});
  ASSERT_EQ(costs.size(), 4U);
  EXPECT_GE(costs[1].median, 100'000);
  EXPECT_GE(costs[3].median, 150'000);
  EXPECT_LT(costs[2].median, costs[1].median);
}

TEST(StageCosts, AbsentHasNoInstrumentation) {
  const Framework gin = find_in_catalog(framework_catalog(), "target", "gin").value()();
  const auto config = read_tracing_config({}).value();
  const auto costs = measure_costs(gin, {}, config, {.rounds = 1, .walks = 2});
  ASSERT_TRUE(costs) << costs.error().message;
  int without = 0;
  for (const StageCost& cost : *costs) {
    EXPECT_TRUE(cost.on.has_value());
    without += cost.off ? 0 : 1;
  }
  EXPECT_EQ(without, 2);
  EXPECT_EQ(costs->back().stage, "all stages");
}

TEST(StageCosts, ExplainPutsThemUnderEachStage) {
  const Framework gin = find_in_catalog(framework_catalog(), "target", "gin").value()();
  const auto text = explain_costs(gin, {}, read_tracing_config({}).value());
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("  1. io:"), std::string::npos) << *text;
  EXPECT_NE(text->find("off -, on "), std::string::npos) << *text;
  EXPECT_NE(text->find("ns ["), std::string::npos) << *text;
}

}  // namespace
}  // namespace tracetax
