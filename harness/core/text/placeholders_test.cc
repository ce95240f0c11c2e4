// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/placeholders.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

const Placeholders kValues{{"port", "8080"}, {"port.db", "5432"}, {"dir", "/tmp/x"}};
const std::vector<std::string> kKnown{"port", "port.db", "dir", "sink_http"};

using Names = std::vector<std::string>;

TEST(Placeholders, KnownNamesAreReplaced) {
  EXPECT_EQ(filled("--port={port}", kValues), "--port=8080");
  EXPECT_EQ(filled("{dir}/{port.db}{port}", kValues), "/tmp/x/54328080");
  EXPECT_EQ(filled("", kValues), "");
  EXPECT_EQ(filled("{port", kValues), "{port");
}

TEST(Placeholders, OtherBracesStay) {
  for (const char* text : {R"({"a": {"b": 1}})", "${port}", "${env:X}", "{}", "{{.Pid}}",
                           "awk '{print $1}'", "{port.bd}", "{PORT}"}) {
    EXPECT_EQ(filled(text, kValues), text);
  }
  EXPECT_EQ(filled(R"({"port": {port}})", kValues), R"({"port": 8080})");
}

TEST(Placeholders, WhatIsClearlyMeantIsTold) {
  EXPECT_EQ(misspelt_placeholders("{prot} {port.bd} {port} {sink_htp} {prot}", kKnown),
            (Names{"prot", "port.bd", "sink_htp"}));
  EXPECT_EQ(misspelt_placeholders("{PORT} {ports}", kKnown), (Names{"PORT", "ports"}));
}

TEST(Placeholders, WhatIsNotMeantIsNot) {
  for (const char* text :
       {"{sort}", "{post}", "{name}", "${prot}", R"({"prot": 1})", "{ prot }", "{id}", "{0}"}) {
    EXPECT_EQ(misspelt_placeholders(text, kKnown), Names{}) << text;
  }
}

}  // namespace
}  // namespace tracetax
