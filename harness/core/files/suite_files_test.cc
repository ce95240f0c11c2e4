// SPDX-License-Identifier: Apache-2.0
#include "harness/core/files/suite_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "harness/core/suite/suite_reader.h"
#include "harness/core/text/checkout_testing.h"

namespace tracetax {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuite =
    R"({"name": "mine", "description": "of my own", "targets": {"gin": {"emulated": "gin"}}, "scenarios": {"get": {}}, "arms": ["off"]})";

// A folder of suites that TRACETAX_SUITES points to, gone afterwards.
class SuiteFiles : public testing::Test {
 protected:
  SuiteFiles() : folder_(fs::temp_directory_path() / fmt::format("tracetax-suites-{}", getpid())) {
    fs::create_directories(folder_);
    setenv("TRACETAX_SUITES", folder_.c_str(), 1);
  }
  ~SuiteFiles() override {
    unsetenv("TRACETAX_SUITES");
    fs::remove_all(folder_);
  }
  fs::path write(const std::string& name, std::string_view text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  fs::path folder_;
};

TEST_F(SuiteFiles, APathThatExistsIsTaken) {
  const std::string path = write("any.txt", kSuite);
  EXPECT_EQ(find_suite(path).value(), path);
  const Suite suite = read_suite(path, {}).value();
  EXPECT_EQ(suite.name, "mine");
  EXPECT_EQ(suite.path, path);
  EXPECT_EQ(suite.folder, folder_.string());
}

TEST_F(SuiteFiles, ANameIsLookedUpInTheFoldersInOrder) {
  EXPECT_EQ(find_suite("quick").value(), source_folder() + "/scenarios/suites/quick.json");
  const std::string own = write("quick.json", kSuite);
  EXPECT_EQ(find_suite("quick").value(), own);
}

TEST_F(SuiteFiles, UnknownNamesGetADidYouMeanAndPathsDoNot) {
  const std::string message = find_suite("quik").error().message;
  EXPECT_NE(message.find("unknown suite 'quik'; did you mean 'quick'?"), std::string::npos)
      << message;
  EXPECT_EQ(find_suite("nowhere/quick.json").error().message, "'nowhere/quick.json': no such file");
  EXPECT_EQ(find_suite(folder_.string()).error().message,
            "'" + folder_.string() + "': is a folder, not a suite file");
  EXPECT_FALSE(find_suite("").has_value());
}

TEST_F(SuiteFiles, AreListedWithTheirDescriptions) {
  write("mine.json", kSuite);
  write("broken.json", "{");
  write("notes.txt", "no suite");
  write("x.schema.json", "{}");
  const auto listings = list_suites();
  const auto find = [&](const char* name) {
    return std::ranges::find(listings, name, &SuiteListing::name);
  };
  ASSERT_NE(find("mine"), listings.end());
  EXPECT_EQ(find("mine")->description, "of my own");
  ASSERT_NE(find("broken"), listings.end());
  EXPECT_TRUE(find("broken")->description.starts_with("invalid: "));
  EXPECT_NE(find("quick"), listings.end());
  EXPECT_EQ(find("notes"), listings.end());
  EXPECT_EQ(find("suite.schema"), listings.end());
}

TEST(BuiltInSuites, AreAllRightAndCalledLikeTheirFiles) {
  for (const SuiteListing& listing : list_suites()) {
    const auto suite = read_suite(listing.name, {});
    ASSERT_TRUE(suite.has_value()) << suite.error().message;
    EXPECT_EQ(suite->name, listing.name);
    EXPECT_FALSE(suite->description.empty());
    EXPECT_EQ(suite->arms[0].role, ArmRole::off);
    // A receiver has no tracing to be turned on, so it has one arm.
    if (suite->load.closed)
      EXPECT_EQ(suite->arms.size(), 1U);
    else
      EXPECT_EQ(suite->arms.at(1).role, ArmRole::sham);
  }
}

}  // namespace
}  // namespace tracetax
