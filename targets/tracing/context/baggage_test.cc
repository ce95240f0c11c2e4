// Examples and limits of https://www.w3.org/TR/baggage/, and Go's where that leaves room.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/context/baggage.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tracetax {
namespace {

Baggage parsed(std::string_view header) {
  Baggage baggage;
  parse_baggage(header, baggage);
  return baggage;
}

std::string again(std::string_view header) { return format_baggage(parsed(header)); }

TEST(Baggage, MembersHaveValuesAndProperties) {
  const Baggage baggage =
      parsed("key1=value1;property1;property2, key2 = value2, key3=value3; p=v");
  EXPECT_EQ(baggage, (Baggage{{"key1", "value1", {{"property1", {}}, {"property2", {}}}},
                              {"key2", "value2", {}},
                              {"key3", "value3", {{"p", "v"}}}}));
  EXPECT_EQ(format_baggage(baggage), "key1=value1;property1;property2,key2=value2,key3=value3;p=v");
}

TEST(Baggage, ValuesArePercentEncodedOnTheWire) {
  EXPECT_EQ(parsed("userId=Am%C3%A9lie,serverNode=DF%2028,isProduction=false"),
            (Baggage{{"userId", "Am\xc3\xa9lie", {}},
                     {"serverNode", "DF 28", {}},
                     {"isProduction", "false", {}}}));
  EXPECT_EQ(again("a=%c3%a9%20%25%2c"), "a=%C3%A9%20%25%2C");
  EXPECT_EQ(again("a=b=c"), "a=b=c");
  EXPECT_EQ(again("a="), "a=");
  EXPECT_EQ(again("a=%ff"), "a=%EF%BF%BD");
  EXPECT_EQ(again("a=%0d%0aEvil:%201"), "a=%0D%0AEvil:%201");
}

TEST(Baggage, ABadMemberIsLeftOut) {
  EXPECT_EQ(again("good=1,bad,=2,b d=3,c=\"4\",d=%zz,e=5;;f,g=6;=7,also=8"), "good=1,e=5;f,also=8");
  EXPECT_EQ(again(""), "");
  EXPECT_EQ(again(",,"), "");
}

TEST(Baggage, TheLastValueOfAKeyStaysInThePlaceOfTheFirst) {
  EXPECT_EQ(again("a=1,b=2,a=3;p"), "a=3;p,b=2");
}

TEST(Baggage, ThereIsRoomFor64MembersAnd8192Bytes) {
  std::string many;
  for (int i = 0; i < 180; ++i) many += fmt::format("{}k{}=1", i == 0 ? "" : ",", i);
  EXPECT_EQ(parsed(many).size(), 64U);
  const std::string full = "k=" + std::string(8190, 'v');
  EXPECT_EQ(again(full), full);
  EXPECT_EQ(again(full + "v"), "");
  // What is short when it comes may be long when it goes: "\xff" becomes U+FFFD, 9 for 3.
  std::string growing;
  for (int i = 0; i < 2000; ++i) growing += "%ff";
  EXPECT_EQ(again("a=1,b=" + growing + ",c=2"), "a=1");
}

TEST(Baggage, HeadersAddUp) {
  Baggage baggage;
  parse_baggage("a=1,b=2", baggage);
  parse_baggage("b=3,c=4", baggage);
  EXPECT_EQ(format_baggage(baggage), "a=1,b=3,c=4");
}

}  // namespace
}  // namespace tracetax
