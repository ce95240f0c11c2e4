// The examples of Go's path package, the trailing slash of HTTP routers, and a slow second way to
// clean.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/route/clean_path.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <sstream>
#include <vector>

namespace tracetax {
namespace {

std::string clean(std::string_view path) {
  std::string scratch;
  return std::string(clean_path(path, scratch));
}
std::string clean_request(std::string_view path) {
  std::string scratch;
  return std::string(clean_request_path(path, scratch));
}

TEST(CleanPath, DoesWhatGosPathCleanDocuments) {
  EXPECT_EQ(clean(""), ".");
  EXPECT_EQ(clean("/"), "/");
  EXPECT_EQ(clean("."), ".");
  EXPECT_EQ(clean(".."), "..");
  EXPECT_EQ(clean("a/c"), "a/c");
  EXPECT_EQ(clean("a//c"), "a/c");
  EXPECT_EQ(clean("a/c/."), "a/c");
  EXPECT_EQ(clean("a/c/b/.."), "a/c");
  EXPECT_EQ(clean("/../a/c"), "/a/c");
  EXPECT_EQ(clean("/../a/b/../././/c"), "/a/c");
  EXPECT_EQ(clean("../../a/../b"), "../../b");
  EXPECT_EQ(clean("a/.."), ".");
  EXPECT_EQ(clean("/a/.."), "/");
  EXPECT_EQ(clean("/a/"), "/a");
  EXPECT_EQ(clean("/..."), "/...");
}

TEST(CleanPath, LeavesACleanPathWhereItIs) {
  const std::string_view path = "/api/v1/users/42";
  std::string scratch;
  EXPECT_EQ(clean_path(path, scratch).data(), path.data());
  EXPECT_EQ(clean_request_path(path, scratch).data(), path.data());
  EXPECT_TRUE(scratch.empty());
}

/// Splits into segments and joins what is left: another way to the same result, for rooted paths.
std::string slowly_cleaned(const std::string& path) {
  std::vector<std::string> kept;
  std::istringstream in(path);
  for (std::string segment; std::getline(in, segment, '/');) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string joined;
  for (const std::string& segment : kept) joined += "/" + segment;
  return joined.empty() ? "/" : joined;
}

TEST(CleanPath, AgreesWithSplittingAndJoining) {
  constexpr std::array kParts{"a", "bc", ".", "..", "", "...", ".a"};
  std::mt19937 random(3);
  for (int i = 0; i < 5000; ++i) {
    std::string path;
    for (unsigned level = 0; level < 1 + random() % 7; ++level) {
      path += '/';
      path += kParts[random() % kParts.size()];
    }
    const std::string expected = slowly_cleaned(path);
    ASSERT_EQ(clean(path), expected) << path;
    const bool slash = path.size() > 1 && path.back() == '/' && expected != "/";
    ASSERT_EQ(clean_request(path), expected + (slash ? "/" : "")) << path;
  }
}

TEST(CleanPath, RequestPathsKeepTheirSlashAndGetOneInFront) {
  EXPECT_EQ(clean_request("/a/"), "/a/");
  EXPECT_EQ(clean_request("/a//"), "/a/");
  EXPECT_EQ(clean_request("a/b"), "/a/b");
  EXPECT_EQ(clean_request(""), "/");
  EXPECT_EQ(clean_request("*"), "/*");
}

TEST(CleanPath, EscapesWhatCannotStandInAUrl) {
  std::string out;
  append_escaped_path("/a b/\r\n?#%\xc3\xa9;=", out);
  EXPECT_EQ(out, "/a%20b/%0D%0A%3F%23%25%C3%A9;=");
}

}  // namespace
}  // namespace tracetax
