// Values in the texts of steps: names, JSON, uuids, numbers.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <regex>

#include "targets/legs/leg.h"

namespace tracetax {
namespace {

Values some_values() {
  Values values;
  values.set("sku", "7");
  values.set("user", "ann");
  return values;
}

TEST(FilledIn, ReplacesNames) {
  EXPECT_EQ(filled_in("stock:{sku}:{user}", some_values()), "stock:7:ann");
  EXPECT_EQ(filled_in("", some_values()), "");
  EXPECT_EQ(filled_in("none", some_values()), "none");
}

TEST(FilledIn, AnUnknownNameIsEmptyAsAValueThatARequestDoesNotBring) {
  EXPECT_EQ(filled_in("[{other}]", some_values()), "[]");
}

TEST(FilledIn, BracesOfJsonAndLuaStay) {
  EXPECT_EQ(filled_in(R"({"_id": "{user}", "n": {"$gt": 1}})", some_values()),
            R"({"_id": "ann", "n": {"$gt": 1}})");
  EXPECT_EQ(filled_in("return {}", some_values()), "return {}");
  EXPECT_EQ(filled_in("open {sku", some_values()), "open {sku");
}

TEST(FilledIn, AValueIsNotLookedAtAgain) {
  Values values;
  values.set("a", "{b}");
  values.set("b", "x");
  EXPECT_EQ(filled_in("{a}", values), "{b}");
}

TEST(FilledIn, UuidsAreFreshAndOfVersionFour) {
  const std::string two = filled_in("{uuid} {uuid}", {});
  const std::string one = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  EXPECT_TRUE(std::regex_match(two, std::regex(one + " " + one))) << two;
  EXPECT_NE(two.substr(0, 36), two.substr(37));
}

TEST(FilledIn, NumbersCountUp) {
  const int first = std::stoi(filled_in("{n}", {}));
  EXPECT_EQ(filled_in("{n} {n}", {}), fmt::format("{} {}", first + 1, first + 2));
}

}  // namespace
}  // namespace tracetax
