// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/text_file.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace tracetax {
namespace {

long files_in(const std::string& folder) {
  const std::filesystem::directory_iterator all(folder);
  return std::distance(begin(all), end(all));
}

TEST(TextFile, ReadsWhatWasWritten) {
  const std::string folder = testing::TempDir() + "/text_file_test_folder";
  std::filesystem::create_directories(folder);
  const std::string path = folder + "/file";
  const std::string content("a\0b\n", 4);
  ASSERT_TRUE(write_file(path, content));
  EXPECT_EQ(*read_file(path, 4), content);
  EXPECT_EQ(files_in(folder), 1) << "the temporary one is gone";
  const auto too_long = read_file(path, 3);
  ASSERT_FALSE(too_long);
  EXPECT_NE(too_long.error().message.find("longer than 3 bytes"), std::string::npos);
}

/// A folder of the name: the temporary file can be written, but not renamed.
TEST(TextFile, LeavesNothingBehindWhereItFails) {
  const std::string folder = testing::TempDir() + "/text_file_test_fails";
  std::filesystem::create_directories(folder + "/taken/inside");
  EXPECT_FALSE(write_file(folder + "/taken", "x"));
  EXPECT_EQ(files_in(folder), 1);
}

TEST(TextFile, TouchesNoTemporaryFileOfAnotherProcess) {
  const std::string path = testing::TempDir() + "/text_file_test_two";
  const std::string theirs = path + ".part";
  ASSERT_TRUE(write_file(theirs, "half"));
  ASSERT_TRUE(write_file(path, "whole"));
  EXPECT_EQ(*read_file(theirs, 10), "half");
}

TEST(TextFile, NamesTheFileAndTheReason) {
  EXPECT_EQ(read_file("/no/such", 10).error().message, "'/no/such': No such file or directory");
  EXPECT_EQ(read_file("/", 10).error().message, "'/': is a folder, not a file");
  EXPECT_NE(write_file("/no/such", "x").error().message.find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
