// The book from many threads, and the same orders again.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "targets/work/testing.h"

namespace tracetax {
namespace {

TEST(OrderBook, KeepsItsInvariantsWhileManyThreadsTradeAndOldOrdersAreCancelled) {
  const MadeWork book = made_work("order_book", R"({"resting": 200, "orders": 5})");
  ASSERT_EQ(book.mistakes, "");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 2000; ++i) EXPECT_TRUE(book.run({}));
      });
  }
  book.expect_invariants();
  const std::string saw = book.work->invariants()[1].saw;
  EXPECT_EQ(saw.find(" 0 traded"), std::string::npos) << saw;
  EXPECT_EQ(saw.find(" 0 resting"), std::string::npos) << saw;
  EXPECT_EQ(saw.find(" 0 cancelled"), std::string::npos) << saw;
}

TEST(OrderBook, TheSameOrdersEndInTheSameBook) {
  const auto state = [](std::string_view with) {
    const MadeWork book = made_work("order_book", with);
    for (int i = 0; i < 1000; ++i) book.run({{"id", std::to_string(i)}});
    const auto seen = book.work->invariants();
    return seen[0].saw + "; " + seen[1].saw;
  };
  EXPECT_EQ(state(R"({"by": "id"})"), state(R"({"by": "id"})"));
  EXPECT_EQ(state("{}"), state("{}"));  // by the number of the order
  EXPECT_NE(state(R"({"by": "id"})"), state("{}"));
}

// With one tick to each side an order meets its counterpart soon: first come, first served.
TEST(OrderBook, TellsWhatWasFilled) {
  const MadeWork book = made_work("order_book", R"({"spread": 1})");
  EXPECT_EQ(book.sets("filled", {}), "0");  // the first finds nobody
  bool any = false;
  for (int i = 0; i < 50; ++i) any = any || book.sets("filled", {}) != "0";
  EXPECT_TRUE(any);
}

}  // namespace
}  // namespace tracetax
