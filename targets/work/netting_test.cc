// Amounts that are zero in all.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>
#include <vector>

#include "targets/work/testing.h"

namespace tracetax {
namespace {

TEST(Netting, EveryBatchIsZeroInAllAndFollowsFromItsName) {
  const MadeWork netting = made_work("netting", R"({"by": "batch", "trades": 1000, "parties": 5})");
  ASSERT_EQ(netting.mistakes, "");
  const auto nets_of = [&](const char* batch) {
    Values values;
    values.set("batch", batch);
    EXPECT_TRUE(netting.work->run(values));
    std::vector<std::string> nets;
    for (const auto& [name, value] : values.all()) {
      if (name.starts_with("net_")) nets.push_back(value);
    }
    return nets;
  };
  const auto nets = nets_of("1");
  ASSERT_EQ(nets.size(), 5U);
  long long sum = 0, size = 0;
  for (const std::string& net : nets) {
    sum += std::stoll(net);
    size += std::llabs(std::stoll(net));
  }
  EXPECT_EQ(sum, 0);
  EXPECT_GT(size, 1'000'000);
  EXPECT_EQ(nets_of("1"), nets);
  EXPECT_NE(nets_of("2"), nets);
}

TEST(Netting, ItsInvariantsHoldAfterBatchesFromManyThreads) {
  const MadeWork netting = made_work("netting", R"({"trades": 100, "parties": 2})");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) netting.run({});
      });
  }
  netting.expect_invariants();
  EXPECT_EQ(netting.work->invariants()[1].saw, "800 batches of 100 trades");
}

}  // namespace
}  // namespace tracetax
