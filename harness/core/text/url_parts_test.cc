// SPDX-License-Identifier: Apache-2.0
#include "harness/core/text/url_parts.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(UrlParts, AreWhatIsWritten) {
  const UrlParts plain = split_url("http://localhost:80/a?b#c");
  EXPECT_EQ(plain.scheme, "http");
  EXPECT_EQ(plain.authority, "localhost:80");
  EXPECT_EQ(plain.host, "localhost");
  EXPECT_EQ(plain.after_host, ":80");
  EXPECT_EQ(plain.path, "/a?b#c");
  const UrlParts bare = split_url("tcp://h");
  EXPECT_EQ(bare.host, "h");
  EXPECT_EQ(bare.after_host, "");
  EXPECT_EQ(bare.path, "");
  EXPECT_EQ(split_url("localhost:80/a").scheme, "");
  EXPECT_EQ(split_url("localhost:80/a").host, "");
}

TEST(UrlParts, HostsOfIpv6StandInBrackets) {
  EXPECT_EQ(split_url("grpc://[::1]:50051/a").host, "::1");
  EXPECT_EQ(split_url("grpc://[::1]:50051/a").after_host, ":50051");
  EXPECT_EQ(split_url("grpc://[::1]x").after_host, "x");
  EXPECT_TRUE(split_url("grpc://[::1:50051/a").host.starts_with('['));
  EXPECT_EQ(authority_text("::1", 443), "[::1]:443");
  EXPECT_EQ(authority_text("localhost", 80), "localhost:80");
}

TEST(UrlParts, PortsAreFrom1To65535) {
  EXPECT_EQ(parse_port("1"), 1);
  EXPECT_EQ(parse_port("65535"), 65535);
  for (const char* text : {"", "0", "65536", "-1", "+1", "80x", " 80"}) {
    EXPECT_FALSE(parse_port(text)) << text;
  }
}

TEST(UrlParts, NamesAndPasswordsAreNotShown) {
  EXPECT_EQ(without_userinfo("cannot reach http://user:secret@host:80/x@y, tcp://me@h"),
            "cannot reach http://***@host:80/x@y, tcp://***@h");
  EXPECT_EQ(without_userinfo("--set=a.b=https://u:p@ss@h/"), "--set=a.b=https://***@h/");
  EXPECT_EQ(without_userinfo("http://u:pa/ss,?@h/x"), "http://***@h/x");
  for (const char* text : {"", "http://", "http://h:80/u:p@x", "http://[::1]:80/a@b", "me@h", "://",
                           "http://127.0.0.1:{port}/@me", "http://h/a:b@c", "'http://h' @"}) {
    EXPECT_EQ(without_userinfo(text), text);
  }
}

TEST(UrlParts, PercentIsDecodedOrRefused) {
  std::string out;
  ASSERT_TRUE(decode_percent("a%20b%2Fc+", out));
  EXPECT_EQ(out, "a b/c+");
  for (const char* text : {"%", "%2", "%2x", "%-1"})
    EXPECT_FALSE(decode_percent(text, out)) << text;
}

}  // namespace
}  // namespace tracetax
