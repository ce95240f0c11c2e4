// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/text_file.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace tracetax {
namespace {

TEST(TextFile, ReadsWhatWasWritten) {
  const std::string path = testing::TempDir() + "/text_file_test";
  const std::string content("a\0b\n", 4);
  ASSERT_TRUE(write_file(path, content));
  EXPECT_EQ(*read_file(path, 4), content);
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  const auto too_long = read_file(path, 3);
  ASSERT_FALSE(too_long);
  EXPECT_NE(too_long.error().message.find("longer than 3 bytes"), std::string::npos);
}

TEST(TextFile, NamesTheFileAndTheReason) {
  EXPECT_EQ(read_file("/no/such", 10).error().message, "'/no/such': No such file or directory");
  EXPECT_EQ(read_file("/", 10).error().message, "'/': is a folder, not a file");
  EXPECT_NE(write_file("/no/such", "x").error().message.find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
