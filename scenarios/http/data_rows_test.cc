// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/data_rows.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using Texts = std::vector<std::string>;

DataRows good_rows(std::string_view text) {
  auto data = parse_data_rows(text, "users.csv");
  EXPECT_TRUE(data) << data.error().message;
  return data ? std::move(*data) : DataRows{};
}

Texts texts(const DataRow& row) {
  Texts out;
  for (const auto& value : row.values) out.push_back(value.value_or("(none)"));
  return out;
}

std::string data_mistake(std::string_view text) {
  const auto data = parse_data_rows(text, "users.csv");
  EXPECT_FALSE(data);
  return data ? "" : data.error().message;
}

TEST(DataRows, ReadsCsvAsRfc4180HasIt) {
  const DataRows data =
      good_rows("\xEF\xBB\xBFid,name\r\n1,Ada\r\n\r\n2,\"Lovelace, \"\"A\"\"\nof London\"\r\n3,");
  EXPECT_EQ(data.fields, (Texts{"id", "name"}));
  ASSERT_EQ(data.rows.size(), 3U);
  EXPECT_EQ(texts(data.rows[0]), (Texts{"1", "Ada"}));
  EXPECT_EQ(texts(data.rows[1]), (Texts{"2", "Lovelace, \"A\"\nof London"}));
  EXPECT_EQ(texts(data.rows[2]), (Texts{"3", ""}));
  EXPECT_EQ(data.rows[1].line, 4U);
  EXPECT_EQ(data.rows[2].line, 6U);
}

TEST(DataRows, ReadsJsonLinesWithWhatEachHas) {
  const DataRows data = good_rows(
      "{\"id\": 1, \"name\": \"Ada\"}\n\n{\"name\": null, \"on\": true, \"tags\": [1, \"a\"]}\n");
  EXPECT_EQ(data.fields, (Texts{"id", "name", "on", "tags"}));
  ASSERT_EQ(data.rows.size(), 2U);
  EXPECT_EQ(texts(data.rows[0]), (Texts{"1", "Ada", "(none)", "(none)"}));
  EXPECT_EQ(texts(data.rows[1]), (Texts{"(none)", "(none)", "true", "[1,\"a\"]"}));
  EXPECT_EQ(data.rows[1].line, 3U);
}

TEST(DataRows, NamesFileAndLineOfAMistake) {
  EXPECT_EQ(data_mistake(""), "users.csv: has no rows");
  EXPECT_EQ(data_mistake("id,name\n"), "users.csv: has no rows after the line of names");
  EXPECT_EQ(data_mistake("id,name\n1,a\n2\n"),
            "users.csv:3: 1 values, but the first line names 2 fields");
  EXPECT_EQ(data_mistake("id,id\n1,2\n"),
            "users.csv:1: the first line must name each field once, not 'id'");
  EXPECT_EQ(data_mistake("id\n\"1\n2\n"), "users.csv:2: the quote that opens here is not closed");
  EXPECT_EQ(data_mistake("id\n\"1\"2\n"),
            "users.csv:2: after a closing quote comes a comma or the line's end");
  EXPECT_EQ(data_mistake("{\"id\": 1}\n[2]\n"),
            "users.csv:2: is no JSON object; right is {\"id\": 42} on each line");
  EXPECT_EQ(data_mistake("[{\"id\": 1}]\n"),
            "users.csv:1: is a JSON array; right is JSON lines, one object a line, or CSV");
}

TEST(DataRows, SuggestsTheFieldThatWasMeant) {
  const DataRows data = good_rows("user_id,name\n1,Ada\n");
  EXPECT_EQ(data.field("name").value(), 1U);
  EXPECT_EQ(data.field("userid").error().message,
            "users.csv: unknown field 'userid'; did you mean 'user_id'? known: user_id, name");
}

}  // namespace
}  // namespace tracetax
