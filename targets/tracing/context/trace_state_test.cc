// The grammar of https://www.w3.org/TR/trace-context-2/#tracestate-header at its edges.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/context/trace_state.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tracetax {
namespace {

/// "m1=1,m2=2,..."
std::string members(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += fmt::format("{}m{}={}", i == 1 ? "" : ",", i, i);
  return text;
}

TEST(TraceState, IsKeptInItsOrder) {
  for (const char* text :
       {"foo=1", "foo=1,bar=2", "z=1,a=2", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7",
        "fw529a3039@dt=FfffC8E-05-0", "0t@v=1", "a_-*/9=!\"#$%&'()*+-./:;<>?@[]^_`{|}~"}) {
    EXPECT_EQ(parse_trace_state(text), text);
  }
}

TEST(TraceState, WhiteSpaceAroundMembersAndEmptyMembersGo) {
  EXPECT_EQ(parse_trace_state("foo=1 \t , \t bar=2, \t baz=3"), "foo=1,bar=2,baz=3");
  EXPECT_EQ(parse_trace_state(",foo=1,,bar=2,"), "foo=1,bar=2");
  EXPECT_EQ(parse_trace_state("foo=a b"), "foo=a b");
  EXPECT_EQ(parse_trace_state(""), "");
}

TEST(TraceState, OneWrongMemberSpoilsIt) {
  for (const char* text : {"foo", "foo=", "=1", "FOO=1", "foo.bar=1", "foo =1", "1foo=1",
                           "foo=1,foo=2", "foo=bar=baz", "foo=1,bar", "foo@=1", "@foo=1", "foo@1=1",
                           "foo@bar@baz=1", "foo=\x01", "foo=\xc3\xa9", " ", "foo=1, ,bar=2"}) {
    EXPECT_EQ(parse_trace_state(text), "") << text;
  }
}

TEST(TraceState, LengthsHaveLimits) {
  const std::string limits[][2] = {
      {std::string(256, 'k') + "=1", std::string(257, 'k') + "=1"},
      {"t" + std::string(240, '0') + "@v=1", "t" + std::string(241, '0') + "@v=1"},
      {"t@v" + std::string(13, '0') + "=1", "t@v" + std::string(14, '0') + "=1"},
      {"k=" + std::string(256, 'v'), "k=" + std::string(257, 'v')},
      {members(32), members(33)},
  };
  for (const auto& [longest, too_long] : limits) {
    EXPECT_EQ(parse_trace_state(longest), longest);
    EXPECT_EQ(parse_trace_state(too_long), "");
  }
}

TEST(TraceState, OnesOwnMemberGoesInFront) {
  EXPECT_EQ(with_trace_state_member("", "own", "1"), "own=1");
  EXPECT_EQ(with_trace_state_member("foo=1,own=0,bar=2", "own", "1"), "own=1,foo=1,bar=2");
  EXPECT_EQ(with_trace_state_member(members(32), "own", "1"), "own=1," + members(31));
  EXPECT_EQ(with_trace_state_member("foo=1", "Own", "1"), "foo=1");
  EXPECT_EQ(with_trace_state_member("foo=1", "own", "a,b"), "foo=1");
}

}  // namespace
}  // namespace tracetax
