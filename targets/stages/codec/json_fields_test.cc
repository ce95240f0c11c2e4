// Our codec against nlohmann's on random values, and the rules of Go's encoding/json.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/codec/json_fields.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "targets/stages/application/users.h"

namespace tracetax {
namespace {

std::string encoded(const User& user) {
  std::string out;
  encode_json(user, user_fields(), out);
  return out;
}

Result<User> decoded(std::string_view text) {
  User user;
  if (auto status = decode_json(text, user_fields(), user); !status) return failure(status.error());
  return user;
}

std::string random_text(std::mt19937& random) {
  constexpr std::array kPieces{"a",
                               "Z",
                               "\"",
                               "\\",
                               "\n",
                               "\t",
                               "\x01",
                               "<&",
                               "é",
                               "€",
                               "\xf0\x9f\x98\x80",
                               "\xe2\x80\xa8",
                               "/",
                               " ",
                               "\b",
                               "\f",
                               "\r",
                               "\x7f",
                               "\xed\x9f\xbf",
                               "0{}[]"};
  std::string text;
  for (auto left = random() % 30; left > 0; --left) text += kPieces[random() % kPieces.size()];
  return text;
}

User random_user(std::mt19937& random) {
  std::uniform_int_distribution<std::int64_t> id(INT64_MIN, INT64_MAX);
  return {id(random), random_text(random), random_text(random), random_text(random)};
}

TEST(JsonFields, NlohmannReadsWhatWeWrite) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const User user = random_user(random);
    const auto parsed = nlohmann::json::parse(encoded(user));
    EXPECT_EQ(parsed["id"].get<std::int64_t>(), user.id);
    EXPECT_EQ(parsed["name"].get<std::string>(), user.name);
    EXPECT_EQ(parsed["email"].get<std::string>(), user.email);
    EXPECT_EQ(parsed["created_at"].get<std::string>(), user.created_at);
    EXPECT_EQ(parsed.size(), 4U);
  }
}

TEST(JsonFields, WeReadWhatNlohmannWrites) {
  std::mt19937 random(2);
  for (int i = 0; i < 2000; ++i) {
    const User user = random_user(random);
    nlohmann::json json{{"id", user.id},
                        {"name", user.name},
                        {"email", user.email},
                        {"created_at", user.created_at},
                        {"more", {{"x", {1, -2.5e3, nullptr, true, "s"}}}}};
    for (const bool ascii : {false, true}) {
      const auto back = decoded(json.dump(i % 3 - 1, ' ', ascii));
      ASSERT_TRUE(back) << back.error().message;
      EXPECT_EQ(*back, user);
    }
  }
}

TEST(JsonFields, AgreesWithNlohmannOnWhatIsJson) {
  std::mt19937 random(3);
  const std::string good = R"({"id":12,"name":"a\u00e9\"b","x":[1,{"y":null}],"z":-1.5e+3})";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    text[random() % text.size()] = R"("{}[]:,\ 0ea-+.u)"[random() % 16];
    const bool valid = nlohmann::json::accept(text);
    const auto back = decoded(text);
    if (back) {
      // Go and we take a lone surrogate, which nlohmann refuses; none can arise from this text.
      EXPECT_TRUE(valid) << text;
    } else if (valid) {
      // Valid JSON that we refuse must have a value of the wrong type.
      const auto json = nlohmann::json::parse(text);
      const bool wrong_type = !json.is_object() ||
                              !json.value("id", nlohmann::json(0)).is_number_integer() ||
                              !json.value("name", nlohmann::json("")).is_string();
      EXPECT_TRUE(wrong_type) << text << ": " << back.error().message;
    }
  }
}

TEST(JsonFields, KeysMatchInAnyCaseAndNullLeavesAFieldAlone) {
  const auto user = decoded(R"( {"ID":7,"Name":"x","email":null,"unknown":{"deep":[[]]}} )");
  ASSERT_TRUE(user) << user.error().message;
  EXPECT_EQ(user->id, 7);
  EXPECT_EQ(user->name, "x");
  EXPECT_TRUE(decoded("null"));
  EXPECT_TRUE(decoded("{}"));
}

TEST(JsonFields, ErrorsSayWhere) {
  EXPECT_EQ(decoded(R"({"name":})").error().message, "JSON at byte 8: expected a string");
  EXPECT_EQ(decoded("").error().message, "JSON at byte 0: expected '{'");
  for (const char* text :
       {"{", "[]", "{\"id\":1.5}", "{\"id\":\"1\"}", "{\"name\":1}", "{} x", "{\"name\":\"\\x\"}",
        "{\"name\":\"\n\"}", "{\"name\":\"\\ud8\"}", "{\"name\":\"a", "{\"a\":01}", "{\"a\":tru}",
        "{\"a\":1,}", "{\"id\":9223372036854775808}", "{\"a\":-}", "{\"a\":1e}"}) {
    EXPECT_FALSE(decoded(text)) << text;
  }
}

TEST(JsonFields, DeepNestingIsRefusedNotCrashed) {
  EXPECT_FALSE(decoded("{\"a\":" + std::string(1'000'000, '[')));
}

TEST(JsonText, InvalidUtf8IsReplacedAndHtmlEscapedAsInGo) {
  std::string out;
  append_json_string("a\xff<\xc0\xaf>&\xe2\x80\xa9", out);
  EXPECT_EQ(out, "\"a\\ufffd\\u003c\\ufffd\\ufffd\\u003e\\u0026\\u2029\"");
  const auto user = decoded("{\"name\":\"\xff\\ud800x\\ud83d\\ude00\"}");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "\xef\xbf\xbd\xef\xbf\xbdx\xf0\x9f\x98\x80");
}

}  // namespace
}  // namespace tracetax
