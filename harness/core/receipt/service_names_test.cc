// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/service_names.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(ServiceNames, GivesEachNameOneIndexAndNoNameZero) {
  ServiceNames names;
  EXPECT_EQ(names.index_of(""), 0U);
  const auto shop = names.index_of("shop");
  const auto back = names.index_of("shop-back");
  EXPECT_NE(shop, 0U);
  EXPECT_NE(shop, back);
  EXPECT_EQ(names.index_of("shop"), shop);
  EXPECT_EQ(names.name(back), "shop-back");
  EXPECT_EQ(names.name(99), "");
}

TEST(ServiceNames, NamesWithoutEndShareTheLastIndex) {
  ServiceNames names;
  for (std::size_t i = 0; i < 10 * ServiceNames::kMost; ++i) {
    const std::uint32_t index = names.index_of("service " + std::to_string(i));
    EXPECT_LT(index, names.size());
  }
  EXPECT_EQ(names.size(), ServiceNames::kMost + 1);
  EXPECT_EQ(names.name(names.index_of("one more")), "(further services)");
  EXPECT_EQ(names.name(names.index_of("service 3")), "service 3");
}

TEST(ServiceNames, KeepsTheBeginningOfALongName) {
  ServiceNames names;
  EXPECT_EQ(names.name(names.index_of(std::string(100'000, 'x'))).size(), ServiceNames::kLongest);
}

}  // namespace
}  // namespace tracetax
