// SPDX-License-Identifier: Apache-2.0
#include "harness/load/http/cookie_jar.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(CookieJar, SendsWhatWasSetInTheOrderInWhichItCame) {
  CookieJar jar;
  EXPECT_EQ(jar.header_for("/"), "");
  jar.take("sid=abc; HttpOnly; Secure; SameSite=Lax; Domain=elsewhere.example");
  jar.take(" theme = dark ");
  jar.take("sid=\"d=e\"; Max-Age=60");
  EXPECT_EQ(jar.header_for("/users?id=1"), "sid=\"d=e\"; theme=dark");
}

TEST(CookieJar, DeletesWhatHasExpired) {
  for (const char* end :
       {"a=; Max-Age=0", "a=x; max-age=-5", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "a=; expires=Thu, 01-Jan-1970 00:00:00 GMT",
        "a=; Expires=Fri, 31 Dec 2100 00:00:00 GMT; Max-Age=0"}) {
    CookieJar jar;
    jar.take("a=1");
    jar.take(end);
    EXPECT_EQ(jar.header_for("/"), "") << end;
  }
  CookieJar jar;
  jar.take("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=99999999999999999999");
  jar.take("b=1; Expires=some day; Max-Age=soon");
  EXPECT_EQ(jar.header_for("/"), "a=1; b=1");
}

TEST(CookieJar, KeepsPathsApart) {
  CookieJar jar;
  jar.take("a=1; Path=/shop");
  jar.take("a=2; Path=/");
  jar.take("b=3; Path=shop");
  EXPECT_EQ(jar.header_for("/shop"), "a=1; a=2; b=3");
  EXPECT_EQ(jar.header_for("/shop/cart?x=/"), "a=1; a=2; b=3");
  EXPECT_EQ(jar.header_for("/shopping"), "a=2; b=3");
}

TEST(CookieJar, IsBounded) {
  CookieJar jar;
  jar.take("=nameless");
  jar.take("nothing");
  jar.take("");
  jar.take("long=" + std::string(CookieJar::kCookieSizeMax, 'x'));
  EXPECT_EQ(jar.header_for("/"), "");
  for (std::size_t i = 0; i < 2 * CookieJar::kCookiesMax; ++i) jar.take(std::to_string(i) + "=x");
  const std::string header = jar.header_for("/");
  EXPECT_EQ(static_cast<std::size_t>(std::count(header.begin(), header.end(), '=')),
            CookieJar::kCookiesMax);
}

}  // namespace
}  // namespace tracetax
