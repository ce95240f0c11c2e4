// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/tail_policy.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tracetax {
namespace {

TraceId counting_id() {
  TraceId id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(i + 1);
  return id;
}

std::uint64_t threshold(std::string_view text) {
  return parse_tail_policy(text).value().hash_at_most;
}

TracePiece lasting(std::vector<SpanTimes> spans) {
  return {.trace_id = counting_id(), .bytes = "", .spans = std::move(spans)};
}

// The numbers of these two tests were printed by a Go program with the functions calculateThreshold
// and hashTraceID of probabilistic.go.
TEST(TailPolicy, ThresholdsAreThoseOfTheRealOne) {
  EXPECT_EQ(threshold("ratio=10%"), 1844674407370955263U);
  EXPECT_EQ(threshold("ratio=1%"), 184467440737095519U);
  EXPECT_EQ(threshold("ratio=0.1%"), 18446744073709551U);
  EXPECT_EQ(threshold("ratio=7%"), 1291272085159668735U);
  EXPECT_EQ(threshold("ratio=29%"), 5349555781375769599U);
  EXPECT_EQ(threshold("ratio=33.3%"), 6142765776545279999U);
  EXPECT_EQ(threshold("ratio=99.99%"), 18444899399302178815U);
  EXPECT_EQ(threshold("ratio=100%"), 18446744073709551615U);
  EXPECT_EQ(threshold("ratio=0%"), 0U);
  EXPECT_EQ(tail_ratio_threshold(0.9999999999999999), 18446744073709549567U);
  EXPECT_EQ(tail_ratio_threshold(5e-324), 0U);
  EXPECT_EQ(tail_ratio_threshold(std::ldexp(1, -64)), 0U);
  EXPECT_EQ(tail_ratio_threshold(std::ldexp(1, -63)), 1U);
  std::uint64_t all = 0, random = 1;
  for (int i = 0; i < 100'000; ++i) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    all = all * 31 + tail_ratio_threshold(std::ldexp(static_cast<double>(random >> 11U), -53));
  }
  EXPECT_EQ(all, 13819927324957978112U);
}

TEST(TailPolicy, HashesAreThoseOfTheRealOne) {
  TraceId one;
  one.bytes.back() = 1;
  EXPECT_EQ(tail_hash(kTailHashSalt, one), 16254957729900898954U);
  EXPECT_EQ(tail_hash(kTailHashSalt, counting_id()), 15838989281584434349U);
  EXPECT_EQ(tail_hash("other", counting_id()), 12173033247576588645U);
  EXPECT_EQ(tail_hash("", one), 9808873769958073010U);
}

TEST(TailPolicy, ARatioKeepsHashesUpToItsThreshold) {
  TailPolicy policy = parse_tail_policy("ratio=10%").value();
  policy.hash_at_most = tail_hash(kTailHashSalt, counting_id());
  EXPECT_TRUE(keeps(policy, counting_id(), {}));
  --policy.hash_at_most;
  EXPECT_FALSE(keeps(policy, counting_id(), {}));
}

TEST(TailPolicy, LatencyIsFromTheFirstStartToTheLastEndAndMustBeLonger) {
  constexpr std::uint64_t kMs = 1'000'000, kNow = 1'700'000'000'000'000'000;
  const TailPolicy policy = parse_tail_policy("latency=500ms").value();
  TraceSummary trace;
  trace.add(lasting({{kNow, kNow + 10 * kMs}, {kNow + 490 * kMs, kNow + 501 * kMs - 1}}));
  EXPECT_EQ(trace.longest_ms, 500);
  EXPECT_FALSE(keeps(policy, counting_id(), trace));  // 500.999999 ms is not 501 ms
  trace.add(lasting({{kNow, kNow + 501 * kMs}}));
  EXPECT_TRUE(keeps(policy, counting_id(), trace));
  EXPECT_EQ(trace.spans, 3U);
}

TEST(TailPolicy, ASpanWithoutAStartMakesATraceLong) {
  const TailPolicy policy = parse_tail_policy("latency=500ms").value();
  TraceSummary nothing, no_start;
  nothing.add(lasting({{0, 0}, {1'700'000'000'000'000'000, 1'700'000'000'000'000'001}}));
  EXPECT_FALSE(keeps(policy, counting_id(), nothing));
  no_start.add(lasting({{0, 1'700'000'000'000'000'000}}));
  EXPECT_TRUE(keeps(policy, counting_id(), no_start));
}

TEST(TailPolicy, MistakesNameWhatWouldBeRight) {
  for (const char* text :
       {"errors", "latency", "latency=1.5us", "latency=5", "ratio=101%", "always=1"})
    EXPECT_FALSE(parse_tail_policy(text)) << text;
  EXPECT_NE(parse_tail_policy("errors").error().message.find("error, latency=500ms"),
            std::string::npos);
}

}  // namespace
}  // namespace tracetax
