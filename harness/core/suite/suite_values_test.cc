// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_values.h"

#include <gtest/gtest.h>

#include <string>

namespace tracetax {
namespace {

TEST(CheckName, AllowsWhatIsSafeInFileNamesAndTags) {
  for (const auto* name : {"gin", "on@1%", "on@0.5%", "get-user", "a.b_c+d", "2", "@"}) {
    EXPECT_TRUE(check_name(name).has_value()) << name;
  }
  EXPECT_TRUE(check_name(std::string(64, 'x')).has_value());
}

TEST(CheckName, RefusesTheRest) {
  for (const auto* name :
       {"", ".", "..", ".a", "-a", "a/b", "a b", "a,b", "a\n", "é", "a*", "{port}"}) {
    EXPECT_FALSE(check_name(name).has_value()) << name;
  }
  EXPECT_FALSE(check_name(std::string(65, 'x')).has_value());
  EXPECT_FALSE(check_name(std::string_view("a\0b", 3)).has_value());
}

bool attach(std::string_view url) { return check_url(url, {}).has_value(); }
bool ready(std::string_view url) {
  return check_url(url, {.tcp_allowed = true, .path_allowed = true, .placeholder_allowed = true})
      .has_value();
}

TEST(CheckUrl, AttachedTargetsHaveHostAndPortOnly) {
  for (const auto* url : {"http://127.0.0.1:8080", "http://127.0.0.1:8080/",
                          "http://host.example:1", "http://[::1]:65535"}) {
    EXPECT_TRUE(attach(url)) << url;
  }
  for (const auto* url :
       {"", "127.0.0.1:8080", "http://", "http://:80", "http://host", "http://[::1]",
        "http://host:0", "http://host:65536", "http://host:8o", "http://host:-1", "http://host:+1",
        "http://host:80/path", "http://a@host:80", "ftp://host:80", "tcp://host:80",
        "http://host:{port}", "http://ho st:80", "HTTP://host:80", "http://host:80\n"}) {
    EXPECT_FALSE(attach(url)) << url;
  }
}

TEST(CheckUrl, ReadinessMayHaveAPathAPlaceholderOrTcp) {
  for (const auto* url : {"http://127.0.0.1:{port}/healthz", "tcp://127.0.0.1:{port}",
                          "tcp://127.0.0.1:80", "http://127.0.0.1:8080/a/b?c=d"}) {
    EXPECT_TRUE(ready(url)) << url;
  }
  EXPECT_FALSE(ready("tcp://127.0.0.1:{port}/path"));
  EXPECT_FALSE(ready("http://127.0.0.1:{prot}/"));
}

TEST(CheckUrl, HttpsIsRefusedByName) {
  EXPECT_EQ(check_url("https://host:443", {}).error().message,
            "'https://host:443' is https, which is not supported; write http://127.0.0.1:8080");
}

TEST(ParseCpuList, ReadsWhatTasksetReads) {
  for (const auto* list : {"0", "0,1", "0-3", "0-3,6", "1,3-5,9", "4095"}) {
    EXPECT_EQ(parse_cpu_list(list).value(), list);
  }
}

TEST(ParseCpuList, RefusesTheRest) {
  for (const auto* list :
       {"", ",", "0,", ",0", "3-1", "-1", "1-", "a", "0 1", "0-1-2", "4096", "+1", "99999999999"}) {
    EXPECT_FALSE(parse_cpu_list(list).has_value()) << list;
  }
}

}  // namespace
}  // namespace tracetax
