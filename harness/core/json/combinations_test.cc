// SPDX-License-Identifier: Apache-2.0
#include "harness/core/json/combinations.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tracetax {
namespace {

using Json = JsonSource::Json;

TEST(Combinations, AreAllOfThemAndTheLastKeyMovesFastest) {
  Mistakes mistakes("");
  const auto all = combinations(
      Json::parse(
          R"({"protocol": ["grpc", "http/protobuf"], "spans": [512], "on": [true, false]})"),
      "/m", 100, {"kind"}, mistakes);
  EXPECT_TRUE(mistakes.empty());
  std::vector<std::string> texts;
  for (const Combination& one : all) texts.push_back(one.name + " " + one.values.dump());
  const std::vector<std::string> expected = {
      R"(-grpc-512-true {"protocol":"grpc","spans":512,"on":true})",
      R"(-grpc-512-false {"protocol":"grpc","spans":512,"on":false})",
      R"(-http-protobuf-512-true {"protocol":"http/protobuf","spans":512,"on":true})",
      R"(-http-protobuf-512-false {"protocol":"http/protobuf","spans":512,"on":false})"};
  EXPECT_EQ(texts, expected);
}

TEST(Combinations, AMistakeIsToldOnce) {
  const auto wrong = [](std::string_view matrix) {
    Mistakes mistakes("");
    EXPECT_TRUE(combinations(Json::parse(matrix), "/m", 6, {"kind"}, mistakes).empty());
    return mistakes.error().message;
  };
  constexpr std::string_view kRight = R"(write {"spans": [1, 100], "compression": ["none"]})";
  EXPECT_EQ(wrong("[1]"), fmt::format("m: expected values by key, found an array; {}", kRight));
  EXPECT_EQ(wrong("{}"), fmt::format("m: expected values by key, found none; {}", kRight));
  for (const char* values : {"1", "[]", "[[1]]", "[null]", R"([{"a": 1}])"}) {
    EXPECT_EQ(wrong(fmt::format(R"({{"spans": {}}})", values)),
              fmt::format("m.spans: expected a list of texts, numbers or truths; {}", kRight));
  }
  EXPECT_EQ(wrong(R"({"kind": ["a"]})"), "m.kind: 'kind' is the same in all of a matrix");
  EXPECT_EQ(wrong(R"({"a": [1, 2, 3], "b": [1, 2, 3]})"), "m: makes more than 6 combinations");
}

}  // namespace
}  // namespace tracetax
