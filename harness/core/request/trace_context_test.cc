// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/trace_context.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

// The example of the W3C text.
constexpr std::string_view kExample = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(std::size_t at, std::string_view text) {
  std::string value{kExample};
  value.replace(at, text.size(), text);
  return value;
}

TEST(Traceparent, ReadsTheExampleOfTheStandard) {
  const auto context = parse_traceparent(kExample);
  ASSERT_TRUE(context);
  EXPECT_EQ(to_hex(context->trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(to_hex(context->span_id), "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled());
}

TEST(Traceparent, WritesWhatItReads) {
  EXPECT_EQ(format_traceparent(*parse_traceparent(kExample)), kExample);
}

TEST(Traceparent, TestsTheSampledBitWithAMask) {
  EXPECT_TRUE(parse_traceparent(with(53, "03"))->sampled());
  EXPECT_FALSE(parse_traceparent(with(53, "02"))->sampled());
}

TEST(Traceparent, RefusesWhatTheStandardCallsInvalid) {
  EXPECT_FALSE(parse_traceparent(""));
  EXPECT_FALSE(parse_traceparent(kExample.substr(1)));
  EXPECT_FALSE(parse_traceparent(with(0, "ff")));
  EXPECT_FALSE(parse_traceparent(with(3, "4BF92F35")));
  EXPECT_FALSE(parse_traceparent(with(3, "00000000000000000000000000000000")));
  EXPECT_FALSE(parse_traceparent(with(36, "0000000000000000")));
  EXPECT_FALSE(parse_traceparent(with(2, "_")));
  EXPECT_FALSE(parse_traceparent(with(53, "g1")));
  EXPECT_FALSE(parse_traceparent(std::string{kExample}.append("-x")));
}

TEST(Traceparent, OfAHigherVersionTheFirst55CharactersCount) {
  EXPECT_TRUE(parse_traceparent(with(0, "01")));
  EXPECT_TRUE(parse_traceparent(with(0, "cc") + "-what-comes-later"));
  EXPECT_FALSE(parse_traceparent(with(0, "cc") + ".x"));
}

TEST(IdHex, TakesBothCasesAndTheExactLengthOnly) {
  EXPECT_EQ(to_hex(*span_id_from_hex("00F067AA0BA902b7")), "00f067aa0ba902b7");
  EXPECT_FALSE(span_id_from_hex("00f067aa0ba902b"));
  EXPECT_FALSE(trace_id_from_hex("00f067aa0ba902b7"));
}

}  // namespace
}  // namespace tracetax
