// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/threshold.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using Word = ThresholdVerdict::Word;

// 10,000 requests: response 1 to 10 ms evenly, service half of it, lag 10 us; 10 errors.
LoadResult seen_load() {
  LoadResult result;
  result.due = result.sent = 10'010;
  result.ok = 10'000;
  result.errors["reset"] = 10;
  result.achieved_rate = 1000;
  for (int i = 1; i <= 10; ++i) {
    result.times.response_unsampled.record(i * 1'000'000, 1000);
    result.times.service_unsampled.record(i * 500'000, 1000);
  }
  result.times.lag.record(10'000, 10'000);
  return result;
}

ThresholdVerdict verdict(std::string_view text, const LoadResult& result = seen_load(),
                         bool closed = false, bool interrupted = false) {
  const auto threshold = parse_threshold(text);
  EXPECT_TRUE(threshold) << threshold.error().message;
  if (!threshold) return {};
  return judge(std::vector{*threshold}, result, closed, interrupted).front();
}

TEST(Threshold, IsPassedWithinAndFailedBeyond) {
  for (const char* kept :
       {"p50<5.1ms", "p50 <= 6ms", "p99<11ms", "response.p90<9.1ms", "service.p50<2.6ms",
        "mean<5.6ms", "mean>5.4ms", "min>=1ms", "max<=10ms", "lag<11us", "lag.max<1ms",
        "errors<0.1%", "errors<=10", "rate>999/s", "rate>=1k/s"}) {
    EXPECT_EQ(verdict(kept).word, Word::pass) << kept << " " << verdict(kept).shown;
  }
  for (const char* broken :
       {"p50<5ms", "p99<10ms", "service.p50<2ms", "mean<5.4ms", "min>1ms", "max<10ms", "lag<9us",
        "errors<0.09%", "errors<10", "errors<=0", "rate>1k/s"}) {
    EXPECT_EQ(verdict(broken).word, Word::fail) << broken << " " << verdict(broken).shown;
  }
}

TEST(Threshold, TellsItsValue) {
  EXPECT_EQ(verdict("p50<1s").shown, "5 ms");
  EXPECT_EQ(verdict("errors<1%").shown, "0.0999%");
  EXPECT_DOUBLE_EQ(*verdict("errors<=100").value, 10);
  EXPECT_EQ(verdict("rate > 1/s").threshold, "rate>1/s");
}

TEST(Threshold, IsOfServiceTimesInAClosedLoop) {
  EXPECT_EQ(verdict("p50<2.6ms", seen_load(), true).word, Word::pass);
}

TEST(Threshold, IsNeverPassedWhereItCouldNotBeJudged) {
  EXPECT_EQ(verdict("p99.9<1s").word, Word::pass);
  const ThresholdVerdict few = verdict("p99.99<1s");
  EXPECT_EQ(few.word, Word::cannot_tell);
  EXPECT_EQ(few.reason, "fewer than ten of the 10,000 times lie beyond it");
  EXPECT_FALSE(few.value);

  const LoadResult nothing;
  for (const char* text : {"p50<1s", "max<1s", "mean<1s", "lag<1s", "errors<1%", "errors<=0"})
    EXPECT_EQ(verdict(text, nothing).word, Word::cannot_tell) << text;
  EXPECT_EQ(verdict("rate>1/s", nothing).word, Word::fail);

  LoadResult late = seen_load();
  late.late = 1;
  EXPECT_EQ(verdict("p50<1s", late).reason, "1 requests came due and were never sent");
  EXPECT_EQ(verdict("p50<1s", late).word, Word::cannot_tell);
  EXPECT_EQ(verdict("p50<1ms", late).word, Word::fail);
  EXPECT_EQ(verdict("rate>1/s", late).word, Word::pass);

  EXPECT_EQ(verdict("p50<1s", seen_load(), false, true).word, Word::cannot_tell);
  EXPECT_EQ(verdict("p50<1ms", seen_load(), false, true).word, Word::fail);
}

TEST(Threshold, SaysWhatItShouldLookLike) {
  for (const char* wrong : {"", "p99", "p99=5ms", "p99<5", "p0<1ms", "p100<1ms", "px<1ms",
                            "p99<<5ms", "errors<x%", "rate>fast", "q99<5ms", "<5ms", "lag.p<1ms"}) {
    const auto threshold = parse_threshold(wrong);
    ASSERT_FALSE(threshold) << wrong;
    EXPECT_EQ(threshold.error().code, ExitCode::usage);
    EXPECT_NE(threshold.error().message.find("right is p99<50ms"), std::string::npos);
  }
}

}  // namespace
}  // namespace tracetax
