// SPDX-License-Identifier: Apache-2.0
#include "harness/core/json/json_source.h"

#include <gtest/gtest.h>

#include <string>

namespace tracetax {
namespace {

JsonSource source_of(std::string_view text) { return JsonSource::parse(text, "f.json").value(); }
std::string error_of(std::string_view text) {
  const auto source = JsonSource::parse(text, "f.json");
  return source ? "no error" : source.error().message;
}

TEST(JsonSource, ReadsValuesOfEveryType) {
  const auto source = source_of(
      R"({"a": [1, -2, 1.5, "x", true, null], "b": {"c": {}}, "d": 18446744073709551615})");
  EXPECT_EQ(source.root().dump(),
            R"({"a":[1,-2,1.5,"x",true,null],"b":{"c":{}},"d":18446744073709551615})");
}

TEST(JsonSource, KeepsTheOrderOfKeys) {
  EXPECT_EQ(source_of(R"({"z":1,"a":2,"m":3})").root().dump(), R"({"z":1,"a":2,"m":3})");
}

TEST(JsonSource, CommentsOfBothKindsAreSkipped) {
  EXPECT_EQ(source_of("// one\n{ /* two\n lines */ \"a\": 1 // three\n}\n// four").root().dump(),
            R"({"a":1})");
}

TEST(JsonSource, KnowsTheLineOfEveryValue) {
  const auto source = source_of(
      "{\n  \"a\": 1,\n  // comment\n  \"b\": [\n    10,\n    20\n  ],\n\n  \"c\": {\"d\":\n "
      "5}\n}");
  EXPECT_EQ(source.line_of("/a"), 2);
  EXPECT_EQ(source.line_of("/b"), 4);
  EXPECT_EQ(source.line_of("/b/0"), 5);
  EXPECT_EQ(source.line_of("/b/1"), 6);
  EXPECT_EQ(source.line_of("/c/d"), 9);
  EXPECT_EQ(source.line_of(""), 1);
}

TEST(JsonSource, AnUnknownPlaceHasTheLineOfWhatIsAroundIt) {
  const auto source = source_of("{\n\"a\": {\n\"b\": 1}}");
  EXPECT_EQ(source.line_of("/a/b/c/d"), 3);
  EXPECT_EQ(source.line_of("/a/x"), 2);
  EXPECT_EQ(source.line_of("/x"), 1);
}

TEST(JsonSource, KeysWithSlashesAndTildesHavePlaces) {
  const auto source = source_of("{\n\"a/b\": 1,\n\"~\": 2}");
  EXPECT_EQ(source.line_of("/" + pointer_step("a/b")), 2);
  EXPECT_EQ(source.line_of("/" + pointer_step("~")), 3);
}

TEST(JsonSource, SyntaxErrorsNameFileAndLine) {
  EXPECT_EQ(error_of("{\n  \"a\": 1,\n]").substr(0, 9), "f.json:2:");
  EXPECT_EQ(error_of("{\"a\" 1}").substr(0, 9), "f.json:1:");
  EXPECT_EQ(error_of("").substr(0, 9), "f.json:1:");
  EXPECT_EQ(error_of("{\n\"a\": 1}\n\nx").substr(0, 9), "f.json:4:");
}

TEST(JsonSource, RefusesTruncatedTextAtEveryLength) {
  const std::string text = R"({"a": [1, "x"], /* c */ "b": {"c": null}})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_NE(error_of(text.substr(0, length)), "no error") << length;
  }
}

TEST(JsonSource, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(error_of("{\"a\": 1,\n\"b\": 2,\n\"a\": 3}"),
            "f.json:3: the key 'a' stands twice in this object");
  EXPECT_EQ(error_of(R"({"a": {"x": 1}, "b": {"x": 1}})"), "no error");
}

TEST(JsonSource, TurnsAtTheGreatestDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(error_of(nested(64)), "no error");
  EXPECT_EQ(error_of(nested(65)), "f.json:1: nested deeper than 64 levels");
  EXPECT_EQ(error_of(std::string(1'000'000, '[')), "f.json:1: nested deeper than 64 levels");
}

TEST(JsonSource, TurnsAtTheGreatestSize) {
  EXPECT_TRUE(JsonSource::parse("[1]", "f", 3).has_value());
  EXPECT_FALSE(JsonSource::parse("[11]", "f", 3).has_value());
  EXPECT_EQ(error_of(std::string(kLargestJson + 1, ' ')), "f.json: larger than 16 MiB");
}

TEST(JsonSource, NumbersOutOfRangeAreErrors) {
  EXPECT_NE(error_of("[1e400]").find("f.json:1:"), std::string::npos);
  EXPECT_EQ(source_of("[1e-400]").root()[0].get<double>(), 0);
}

TEST(JsonSource, InvalidUtf8IsAnErrorThatIsSafeToPrint) {
  const std::string message = error_of("{\"a\": \"\xff\x1b[31m\"}");
  EXPECT_EQ(message.find('\xff'), std::string::npos);
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
}

TEST(JsonSource, LongErrorsAreCut) {
  EXPECT_LT(error_of("\"" + std::string(1'000'000, 'x')).size(), 400U);
}

// Quadratic work would take minutes here.
TEST(JsonSource, ManyKeysInOneObjectAreReadInLinearTime) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += fmt::format("\"key{}\":0,", i);
  text += "\"last\":1}";
  const auto source = source_of(text);
  EXPECT_EQ(source.root().size(), 200'001U);
  EXPECT_EQ(source.root()["last"], 1);
}

TEST(JsonSourceSet, ReplacesAddsAndIndexes) {
  auto source = source_of(R"({"load": {"rate": "1k/s"}, "arms": ["off", "on@1%"]})");
  ASSERT_TRUE(source.set("load.rate=2k/s").has_value());
  ASSERT_TRUE(source.set("arms.1=on@5%").has_value());
  ASSERT_TRUE(source.set("design.blocks=5").has_value());
  ASSERT_TRUE(source.set("targets.x.args=[\"--a\", \"b=c\"]").has_value());
  EXPECT_EQ(source.root().dump(),
            R"({"load":{"rate":"2k/s"},"arms":["off","on@5%"],"design":{"blocks":5},)"
            R"("targets":{"x":{"args":["--a","b=c"]}}})");
}

TEST(JsonSourceSet, AValueThatIsNotJsonIsText) {
  auto source = source_of("{}");
  ASSERT_TRUE(source.set("a=2k/s").has_value());
  ASSERT_TRUE(source.set("b=").has_value());
  ASSERT_TRUE(source.set("c=x=y").has_value());
  ASSERT_TRUE(source.set("d=null").has_value());
  EXPECT_EQ(source.root().dump(), R"({"a":"2k/s","b":"","c":"x=y","d":null})");
}

TEST(JsonSourceSet, RefusesPathsThatLeadNowhere) {
  auto source = source_of(R"({"name": "n", "arms": ["off"]})");
  for (const auto* assignment : {"", "=", "=1", "name", "name.x=1", "arms.1=x", "arms.x=1",
                                 "arms.-1=x", "a..b=1", ".a=1", "a.=1"}) {
    EXPECT_FALSE(source.set(assignment).has_value()) << assignment;
  }
  EXPECT_EQ(source.set("arms.1=x").error().message,
            "--set 'arms.1=x': '/arms' holds 1 elements; '1' is none of their numbers (from 0)");
  std::string deep = "a";
  for (int i = 0; i < 100; ++i) deep += ".a";
  EXPECT_FALSE(source.set(deep + "=1").has_value());
}

TEST(JsonSourceSet, ThePlaceOfAValueIsWhereItCameFrom) {
  auto source = source_of("{\n\"load\": {\n\"rate\": 1, \"queue\": 2}}");
  ASSERT_TRUE(source.set("load.rate=x").has_value());
  ASSERT_TRUE(source.set("lod.rate=y").has_value());
  EXPECT_EQ(source.place_of("/load/rate"), "--set 'load.rate=x'");
  EXPECT_EQ(source.place_of("/load/queue"), "f.json:3");
  EXPECT_EQ(source.place_of("/load"), "f.json:2");
  EXPECT_EQ(source.place_of("/lod"), "--set 'lod.rate=y'");
}

TEST(JsonSourceSet, TheLastAssignmentCounts) {
  auto source = source_of("{}");
  ASSERT_TRUE(source.set("a=1").has_value());
  ASSERT_TRUE(source.set("a=2").has_value());
  EXPECT_EQ(source.root()["a"], 2);
  EXPECT_EQ(source.set_text("/a"), "2");
  EXPECT_EQ(source.set_text("/b"), std::nullopt);
}

// `over` put over `under`.
JsonSource put_together(std::string_view under, std::string_view over) {
  auto source = source_of(over);
  source.put_over(JsonSource::parse(under, "under.json").value());
  return source;
}

TEST(JsonSource, IsPutOverAnotherKeyByKey) {
  const auto source =
      put_together(R"({"a": {"b": 1, "c": [1, 2], "d": {}}, "e": 1, "f": 2})",
                   R"({"a": {"c": [3], "d": 4, "g": null}, "e": null, "h": {"i": 5}})");
  EXPECT_EQ(source.root().dump(), R"({"a":{"b":1,"c":[3],"d":4,"g":null},"f":2,"h":{"i":5}})");
}

TEST(JsonSource, WhatIsPutTogetherKeepsItsPlaces) {
  auto source = put_together("{\n\"a\": {\n\"b\": 1,\n\"c\": 2}}", "{\n\n\n\"a\": {\n\"c\": 3}}");
  EXPECT_EQ(source.file(), "f.json");
  EXPECT_EQ(source.place_of(""), "f.json:1");
  EXPECT_EQ(source.place_of("/a"), "f.json:4");
  EXPECT_EQ(source.place_of("/a/b"), "under.json:3");
  EXPECT_EQ(source.place_of("/a/c"), "f.json:5");
  EXPECT_LT(source.position_of("/a/c"), source.position_of("/a/b"));
  EXPECT_EQ(source.origin_of("/a"), "under.json");
  auto third = JsonSource::parse("{\"a\": {}, \"d\": {}}", "third.json").value();
  third.put_over(source);
  EXPECT_EQ(third.place_of("/a"), "third.json:1");
  EXPECT_EQ(third.place_of("/a/b"), "under.json:3");
  EXPECT_EQ(third.place_of("/a/c"), "f.json:5");
  EXPECT_EQ(third.origin_of("/a"), "under.json");
  EXPECT_EQ(third.origin_of("/d"), "third.json");
}

TEST(JsonSource, OwnMembersAreNotTakenFromBelow) {
  auto source = source_of(R"({"a": 1})");
  source.put_over(JsonSource::parse(R"({"name": "n", "b": 2})", "under.json").value(), {"name"});
  EXPECT_EQ(source.root().dump(), R"({"b":2,"a":1})");
}

}  // namespace
}  // namespace tracetax
