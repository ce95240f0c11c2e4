// Queries taken apart and put together again, as Go's url.Values does it.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/codec/binding.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(Query, PairsAreDecodedInTheirOrder) {
  EXPECT_EQ(parse_query("b=2&a=x+y%2B%26&c&=v&b="),
            (QueryPairs{{"b", "2"}, {"a", "x y+&"}, {"c", ""}, {"", "v"}, {"b", ""}}));
  EXPECT_EQ(parse_query(""), QueryPairs{});
  EXPECT_EQ(parse_query("&&"), QueryPairs{});
}

TEST(Query, PairsThatGoRefusesAreLeftOut) {
  EXPECT_EQ(parse_query("a=%zz&b=%4&c=1;d=2&%=1&e=5"), (QueryPairs{{"e", "5"}}));
}

TEST(Query, IsWrittenInTheOrderOfItsNames) {
  EXPECT_EQ(encode_query({{"b", "1"}, {"a", "x y&"}, {"b", "0"}, {"ä", "~"}}),
            "a=x+y%26&b=1&b=0&%C3%A4=~");
  EXPECT_EQ(encode_query({}), "");
}

TEST(Query, WrittenAndReadAgainIsTheSame) {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  const QueryPairs pairs{{every, every}};
  EXPECT_EQ(parse_query(encode_query(pairs)), pairs);
}

}  // namespace
}  // namespace tracetax
