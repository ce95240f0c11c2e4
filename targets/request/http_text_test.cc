// SPDX-License-Identifier: Apache-2.0
#include "targets/request/http_text.h"

#include <gtest/gtest.h>

#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

TEST(SplitTarget, SeparatesAndDecodes) {
  std::string scratch;
  const auto plain = split_target("/a/b?c=%20", scratch);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->path, "/a/b");
  EXPECT_EQ(plain->query, "c=%20");
  EXPECT_EQ(split_target("/a%2fb%20", scratch)->path, "/a/b ");
  EXPECT_EQ(split_target("http://host:1/x?y", scratch)->path, "/x");
  EXPECT_EQ(split_target("http://host", scratch)->path, "/");
  EXPECT_EQ(split_target("*", scratch)->path, "*");
}

TEST(SplitTarget, RefusesWhatIsNoPath) {
  std::string scratch;
  for (const char* target : {"", "a", "/%", "/%4", "/%zz", "ftp://x/"}) {
    EXPECT_FALSE(split_target(target, scratch)) << target;
  }
}

TEST(WriteAnswer, HasLengthTypeAndDate) {
  ExchangeFixture f;
  f.exchange.content_type = "application/json";
  f.exchange.answer = "{}";
  std::string out;
  write_answer(f.exchange, ConnectionHeader::none, out);
  EXPECT_TRUE(out.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: "));
  EXPECT_TRUE(out.ends_with(" GMT\r\nContent-Length: 2\r\n\r\n{}")) << out;
}

TEST(WriteAnswer, HeadHasTheLengthButNoBody) {
  ExchangeFixture f;
  f.exchange.method = "HEAD";
  f.exchange.answer = "{}";
  std::string out;
  write_answer(f.exchange, ConnectionHeader::close, out);
  EXPECT_TRUE(out.ends_with("Content-Length: 2\r\nConnection: close\r\n\r\n")) << out;
}

TEST(WriteAnswer, OldClientsGetTheirVersion) {
  ExchangeFixture f;
  f.exchange.minor_version = 0;
  f.exchange.status = 405;
  f.exchange.allow = "GET";
  std::string out;
  write_answer(f.exchange, ConnectionHeader::keep_alive, out);
  EXPECT_TRUE(out.starts_with("HTTP/1.0 405 Method Not Allowed\r\nAllow: GET\r\n")) << out;
  EXPECT_NE(out.find("Connection: keep-alive\r\n"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
