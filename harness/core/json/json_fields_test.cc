// SPDX-License-Identifier: Apache-2.0
#include "harness/core/json/json_fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "harness/core/text/units.h"

namespace tracetax {
namespace {

// Reads `text` by `read` and returns all that was found wrong, "" if nothing.
std::string mistakes_in(std::string_view text, const std::function<void(JsonFields&)>& read) {
  const auto source = JsonSource::parse(text, "f.json").value();
  Mistakes mistakes(source);
  JsonFields fields(source.root(), "", mistakes);
  read(fields);
  return mistakes.empty() ? "" : mistakes.error().message;
}

TEST(JsonFields, TakesWhatIsThere) {
  const auto found = mistakes_in(
      R"({"t": "x", "b": true, "i": -5, "n": 1.5, "l": ["a"], "m": {"K": "v"}, "d": "5ms", "o": {}, "u": 18446744073709551615})",
      [](JsonFields& fields) {
        EXPECT_EQ(fields.text("t"), "x");
        EXPECT_EQ(fields.boolean("b"), true);
        EXPECT_EQ(fields.integer("i", -5, -5), -5);
        EXPECT_EQ(fields.number("n", 0, 2), 1.5);
        EXPECT_EQ(fields.texts("l"), std::vector<std::string>{"a"});
        EXPECT_EQ(fields.text_map("m")->at("K"), "v");
        EXPECT_EQ(fields.parsed("d", parse_duration), std::chrono::milliseconds{5});
        EXPECT_NE(fields.object("o"), nullptr);
        EXPECT_EQ(fields.unsigned_integer("u"), UINT64_MAX);
        fields.finish();
      });
  EXPECT_EQ(found, "");
}

TEST(JsonFields, AbsentAndNullFieldsGiveNothingAndAreNoMistake) {
  const auto found = mistakes_in(R"({"null": null})", [](JsonFields& fields) {
    for (const auto* key : {"null", "absent"}) {
      EXPECT_EQ(fields.text(key), std::nullopt);
      EXPECT_EQ(fields.boolean(key), std::nullopt);
      EXPECT_EQ(fields.integer(key, 0, 1), std::nullopt);
      EXPECT_EQ(fields.unsigned_integer(key), std::nullopt);
      EXPECT_EQ(fields.number(key, 0, 1), std::nullopt);
      EXPECT_EQ(fields.texts(key), std::nullopt);
      EXPECT_EQ(fields.text_map(key), std::nullopt);
      EXPECT_EQ(fields.any(key), nullptr);
      EXPECT_EQ(fields.object(key), nullptr);
      EXPECT_EQ(fields.array(key), nullptr);
      EXPECT_FALSE(fields.has(key));
    }
    fields.finish();
  });
  EXPECT_EQ(found, "");
}

TEST(JsonFields, RequireMakesAbsenceAMistake) {
  const auto read = [](JsonFields& fields) {
    (void)fields.require("a", "\"a\": 1").integer("a", 0, 9);
  };
  EXPECT_EQ(mistakes_in("{}", read), "f.json:1: 'a' is missing; write \"a\": 1");
  EXPECT_EQ(mistakes_in(R"({"a": null})", read), "f.json:1: 'a' is missing; write \"a\": 1");
  EXPECT_EQ(mistakes_in(R"({"a": 1})", read), "");
}

TEST(JsonFields, WrongTypesSayWhatWasFoundAndWhatIsRight) {
  const std::string text =
      "{\n\"a\": 2000,\n\"b\": \"yes\",\n\"c\": \"5\",\n\"d\": [],\n\"e\": {},\n\"f\": -1\n}";
  EXPECT_EQ(mistakes_in(text,
                        [](JsonFields& fields) {
                          EXPECT_EQ(fields.text("a"), std::nullopt);
                          EXPECT_EQ(fields.boolean("b"), std::nullopt);
                          EXPECT_EQ(fields.integer("c", 1, 9), std::nullopt);
                          EXPECT_EQ(fields.number("d", 0, 1), std::nullopt);
                          EXPECT_EQ(fields.array("e"), nullptr);
                          EXPECT_EQ(fields.unsigned_integer("f"), std::nullopt);
                        }),
            "f.json:2: a: expected a text such as \"2000\", found the number 2000\n"
            "f.json:3: b: expected true or false, found the text 'yes'\n"
            "f.json:4: c: expected a whole number from 1 to 9, found the text '5'\n"
            "f.json:5: d: expected a number from 0 to 1, found an array\n"
            "f.json:6: e: expected an array, found an object\n"
            "f.json:7: f: expected a whole number from 0 to 2^64 - 1, found the number -1");
}

TEST(JsonFields, RangesTurnAtBothEnds) {
  const auto read = [](JsonFields& fields) { (void)fields.integer("a", 1, 3); };
  EXPECT_EQ(mistakes_in(R"({"a": 1})", read), "");
  EXPECT_EQ(mistakes_in(R"({"a": 3})", read), "");
  for (const auto* text : {R"({"a": 0})", R"({"a": 4})", R"({"a": 2.5})", R"({"a": 1e300})",
                           R"({"a": 18446744073709551615})"}) {
    EXPECT_NE(mistakes_in(text, read), "") << text;
  }
}

TEST(JsonFields, ElementsAndMembersHaveTheirOwnPlaces) {
  EXPECT_EQ(mistakes_in("{\"l\": [\"a\",\n1,\nnull], \"m\": {\n\"K\": true}}",
                        [](JsonFields& fields) {
                          EXPECT_EQ(fields.texts("l"), std::nullopt);
                          EXPECT_EQ(fields.text_map("m"), std::nullopt);
                        }),
            "f.json:2: l[1]: expected a text such as \"1\", found the number 1\n"
            "f.json:3: l[2]: expected a text, found null\n"
            "f.json:4: m.K: expected a text such as \"true\", found true");
}

TEST(JsonFields, UnknownKeysGetADidYouMean) {
  EXPECT_EQ(mistakes_in("{\n\"rat\": 1}",
                        [](JsonFields& fields) {
                          (void)fields.text("rate");
                          (void)fields.text("queue");
                          fields.finish();
                        }),
            "f.json:2: rat: unknown key 'rat'; did you mean 'rate'? known: rate, queue");
}

TEST(JsonFields, AMillionUnknownKeysAreNotListed) {
  std::string text = "{";
  for (int i = 0; i < 5000; ++i) text += fmt::format("\"k{}\":0,", i);
  text.back() = '}';
  EXPECT_LT(mistakes_in(text, [](JsonFields& fields) { fields.finish(); }).size(), 10'000U);
}

TEST(JsonFields, ChoicesAreNamed) {
  const auto read = [](JsonFields& fields) {
    EXPECT_EQ(fields.choice<int>("a", {{"poisson", 1}, {"constant", 2}}), std::nullopt);
  };
  EXPECT_EQ(
      mistakes_in(R"({"a": "poison"})", read),
      "f.json:1: a: unknown value 'poison'; did you mean 'poisson'? known: poisson, constant");
  mistakes_in(R"({"a": "constant"})", [](JsonFields& fields) {
    EXPECT_EQ(fields.choice<int>("a", {{"poisson", 1}, {"constant", 2}}), 2);
  });
}

TEST(JsonFields, ParsersSpeakForThemselves) {
  EXPECT_EQ(mistakes_in(R"({"a": "5"})",
                        [](JsonFields& fields) { (void)fields.parsed("a", parse_duration); }),
            "f.json:1: a: '5' is not a duration: write a number with its unit, such as 250us, 10ms "
            "or 1.5s");
}

TEST(JsonFields, RefusedFieldsAreMistakesOnlyWhenThere) {
  const auto read = [](JsonFields& fields) {
    fields.refuse("pid", "does not fit");
    fields.finish();
  };
  EXPECT_EQ(mistakes_in(R"({"pid": 5})", read), "f.json:1: pid: does not fit");
  EXPECT_EQ(mistakes_in("{}", read), "");
}

TEST(JsonFields, WhatIsNoObjectIsOneMistakeAndNotMany) {
  EXPECT_EQ(mistakes_in("[1]",
                        [](JsonFields& fields) {
                          (void)fields.require("a", "1").text("a");
                          fields.finish();
                        }),
            "f.json:1: expected an object, found an array");
}

TEST(JsonFields, WithoutASourcePlacesArePaths) {
  const auto value = JsonSource::Json::parse(R"({"headers": {"X": 1}, "oops": 2})");
  Mistakes mistakes("scenarios.get-user");
  JsonFields fields(value, "", mistakes);
  (void)fields.text_map("headers");
  fields.finish();
  fields.mistake("is wrong as a whole");
  EXPECT_EQ(mistakes.error().message,
            "scenarios.get-user.headers.X: expected a text such as \"1\", found the number 1\n"
            "scenarios.get-user.oops: unknown key 'oops'; known: headers\n"
            "scenarios.get-user: is wrong as a whole");
}

TEST(JsonFields, NumbersFromTheCommandLineAreTextsWhereTextsBelong) {
  auto source = JsonSource::parse(R"({"pin": {}})", "f.json").value();
  ASSERT_TRUE(source.set("pin.driver=1").has_value());
  Mistakes mistakes(source);
  JsonFields fields(source.root()["pin"], "/pin", mistakes);
  EXPECT_EQ(fields.text("driver"), "1");
  EXPECT_TRUE(mistakes.empty());
}

TEST(Mistakes, StandInTheOrderOfTheFileWithOptionsLast) {
  auto source = JsonSource::parse("{\n\"a\": 1,\n\"b\": 2}", "f.json").value();
  ASSERT_TRUE(source.set("c=3").has_value());
  Mistakes mistakes(source);
  mistakes.add("/c", "third");
  mistakes.add("/b", "second");
  mistakes.add("/a", "first");
  mistakes.add_elsewhere("--only: last");
  EXPECT_EQ(mistakes.error().message,
            "f.json:2: a: first\nf.json:3: b: second\n--set 'c=3': c: third\n--only: last");
  EXPECT_EQ(mistakes.error().code, ExitCode::usage);
}

TEST(Mistakes, ToldWithoutTheDocumentTheyGetTheirLines) {
  const auto source =
      JsonSource::parse("{\"s\": {\n\"a.b\": {\n\"list\": [\n1,\n{\"x\": 2}],\n\"e\": 1}}}",
                        "f.json")
          .value();
  Mistakes mistakes(source);
  mistakes.add_told("/s/a.b",
                    "s.a.b.e: wrong\n"
                    "s.a.b.list[1].x: wrong\n"
                    "s.a.b.list[0]: wrong\n"
                    "s.a.b: 'y' is missing\n"
                    "s.a.b.z: unknown\n"
                    "no path at all");
  EXPECT_EQ(mistakes.error().message,
            "f.json:2: s.a.b: 'y' is missing\n"
            "f.json:2: s.a.b.z: unknown\n"
            "f.json:2: s.a.b: no path at all\n"
            "f.json:4: s.a.b.list[0]: wrong\n"
            "f.json:5: s.a.b.list[1].x: wrong\n"
            "f.json:6: s.a.b.e: wrong");
}

TEST(Mistakes, AboveFiftyOnlyTheNumberIsTold) {
  Mistakes mistakes("");
  for (int i = 0; i < 53; ++i) mistakes.add("/a", "wrong");
  const std::string text = mistakes.error().message;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 50);
  EXPECT_TRUE(text.ends_with("... and 3 more mistakes"));
}

TEST(DottedPath, ReadsAsPeopleWriteIt) {
  EXPECT_EQ(dotted_path(""), "");
  EXPECT_EQ(dotted_path("/load/rate"), "load.rate");
  EXPECT_EQ(dotted_path("/arms/2/rate"), "arms[2].rate");
  EXPECT_EQ(dotted_path("/a~1b/c~0d/~01"), "a/b.c~d.~1");
}

TEST(DescribeJson, NamesTypeAndValue) {
  const auto describe = [](const char* text) {
    return describe_json(JsonSource::Json::parse(text));
  };
  EXPECT_EQ(describe("null"), "null");
  EXPECT_EQ(describe("false"), "false");
  EXPECT_EQ(describe("\"x\""), "the text 'x'");
  EXPECT_EQ(describe("1.5"), "the number 1.5");
  EXPECT_EQ(describe("{}"), "an object");
  EXPECT_EQ(describe("[]"), "an array");
}

}  // namespace
}  // namespace tracetax
