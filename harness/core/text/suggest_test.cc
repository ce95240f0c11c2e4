// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/suggest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tracetax {
namespace {

const std::vector<std::string> kArms = {"off", "on@1%", "on@10%"};

TEST(NearestName, FindsOneInsertionDeletionSubstitutionOrSwap) {
  EXPECT_EQ(nearest_name("offf", kArms), "off");
  EXPECT_EQ(nearest_name("of", kArms), "off");
  EXPECT_EQ(nearest_name("ofg", kArms), "off");
  EXPECT_EQ(nearest_name("fof", kArms), "off");
  EXPECT_EQ(nearest_name("on@100%", kArms), "on@10%");
}

TEST(NearestName, ADistanceOfAThirdCountsAndMoreDoesNot) {
  const std::vector<std::string> known = {"measure"};
  EXPECT_EQ(nearest_name("meassurre", known), "measure");       // 2 of 9
  EXPECT_EQ(nearest_name("measurexxx", known), "measure");      // 3 of 10
  EXPECT_EQ(nearest_name("measurexxxx", known), std::nullopt);  // 4 of 11
}

TEST(NearestName, ShortNamesAllowOneMistake) {
  const std::vector<std::string> known = {"a", "ab"};
  EXPECT_EQ(nearest_name("", known), "a");
  EXPECT_EQ(nearest_name("xb", known), "ab");
  EXPECT_EQ(nearest_name("xy", known), std::nullopt);
}

TEST(NearestName, TiesGoToTheFirst) {
  const std::vector<std::string> known = {"cat", "bat"};
  EXPECT_EQ(nearest_name("rat", known), "cat");
}

TEST(NearestName, NothingKnownOrMuchTooLongGivesNothing) {
  EXPECT_EQ(nearest_name("off", {}), std::nullopt);
  const std::vector<std::string> known = {std::string(200, 'x')};
  EXPECT_EQ(nearest_name(std::string(200, 'x'), known), std::nullopt);
}

TEST(UnknownName, NamesTheNounTheNearestAndTheKnown) {
  EXPECT_EQ(unknown_name("arm", "of", kArms),
            "unknown arm 'of'; did you mean 'off'? known: off, on@1%, on@10%");
  EXPECT_EQ(unknown_name("arm", "nothing", kArms),
            "unknown arm 'nothing'; known: off, on@1%, on@10%");
  EXPECT_EQ(unknown_name("arm", "x", {}), "unknown arm 'x'");
}

TEST(UnknownName, ComparesAllNamesAndListsThirty) {
  std::vector<std::string> known(31, "aa");
  known.back() = "needle";
  const std::string message = unknown_name("field", "nedle", known);
  EXPECT_NE(message.find("did you mean 'needle'?"), std::string::npos) << message;
  EXPECT_TRUE(message.ends_with("aa and 1 more")) << message;
}

}  // namespace
}  // namespace tracetax
