// SPDX-License-Identifier: Apache-2.0
#include "harness/core/json/syntax_hint.h"

#include <gtest/gtest.h>

#include "harness/core/json/json_source.h"

namespace tracetax {
namespace {

std::string told(std::string_view text) {
  const auto source = JsonSource::parse(text, "f");
  return source ? "no error" : source.error().message;
}

TEST(SyntaxHint, ACommaTooManyIsNamedWhereItStands) {
  EXPECT_EQ(told("{\n  \"a\": 1,\n  // c\n}"),
            "f:2: a comma stands before the closing '}'; take it away");
  EXPECT_EQ(told("{\"a\": [\n1,\n2,\n]}"),
            "f:3: a comma stands before the closing ']'; take it away");
}

TEST(SyntaxHint, ACommaTooFewIsNamedWhereItBelongs) {
  EXPECT_EQ(told("{\n  \"a\": \"x\" // c\n  \"b\": 2\n}"), "f:2: a comma is missing after '\"x\"'");
  EXPECT_EQ(told("[1\n2]"), "f:1: a comma is missing after '1'");
  EXPECT_EQ(told("[{\"a\": {}}\n\n{}]"), "f:1: a comma is missing after '}'");
  EXPECT_EQ(told("{\"a\"\n1}"), "f:1: a colon is missing after '\"a\"'");
}

TEST(SyntaxHint, YamlIsNamed) {
  const std::string yaml =
      "this is YAML; right is JSON: {\"name\": \"mine\"}, with // before comments";
  EXPECT_EQ(told("name: quick\ntargets:\n  gin: {emulated: gin}\n"), "f:1: " + yaml);
  EXPECT_EQ(told("# a suite\n---\nname: quick\n"), "f:1: " + yaml);
  EXPECT_EQ(told("- a\n- b\n"), "f:1: " + yaml);
  EXPECT_EQ(told("\ntargets:\r\n  a: b\r\n"), "f:2: " + yaml);
}

TEST(SyntaxHint, OtherLanguagesHabitsAreNamed) {
  EXPECT_EQ(told("{\n# c\n\"a\": 1}"), "f:2: '#' begins no comment in JSON; write //");
  EXPECT_EQ(told("{\"a\": 'x'}"), "f:1: 'x': texts stand in double quotes");
  EXPECT_EQ(told("{a: 1}"), "f:1: the key 'a' stands without its double quotes");
}

TEST(SyntaxHint, TheRestIsWhatTheParserSays) {
  for (const char* text :
       {"", "nonsense", "{", "{\"a\"", "[1,,2]", "{\"a\": \"x}", "{\"a\": 1}}", "\xff"}) {
    const std::string message = told(text);
    EXPECT_TRUE(message.starts_with("f:1: ")) << message;
    EXPECT_EQ(message.find("YAML"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace tracetax
