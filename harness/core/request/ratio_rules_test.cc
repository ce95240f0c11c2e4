// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/ratio_rules.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/request/ratio_rules_vectors.h"
#include "harness/core/request/request_ids.h"

namespace tracetax {
namespace {

SampleRate share_of(double share) { return SampleRate::make(share).value(); }

TEST(RatioRules, SayWhatTheTableSays) {
  for (const RatioVector& vector : kRatioVectors) {
    const TraceId id = trace_id_from_hex(vector.id).value();
    std::string said;
    for (const RatioRule rule : kRatioRules) {
      said += RatioDecision(rule, share_of(vector.ratio)).keeps(id) ? '1' : '0';
    }
    EXPECT_EQ(said, vector.kept) << vector.ratio << ' ' << vector.id;
  }
}

TEST(RatioRules, GoIsWhatTheDriverGoesBy) {
  const RequestIds ids(5, share_of(0.3));
  const RatioDecision go(RatioRule::go, share_of(0.3));
  for (std::uint64_t k = 0; k < 20'000; ++k) {
    ASSERT_EQ(go.keeps(ids.at(k).trace_id), ids.at(k).sampled()) << k;
  }
}

// Numbers of opentelemetry-java's ComposableProbabilitySamplerTest and of opentelemetry-js's.
TEST(RatioRules, RejectionThresholdsAreThoseOfTheSdks) {
  EXPECT_EQ(rejection_threshold(share_of(1)), 0U);
  EXPECT_EQ(rejection_threshold(share_of(0.5)), 36028797018963968U);
  EXPECT_EQ(rejection_threshold(share_of(0.45)), 39631676720860364U);
  EXPECT_EQ(rejection_threshold(share_of(0.2)), 57646075230342348U);
  EXPECT_EQ(rejection_threshold(share_of(0.13)), 62690106812997304U);
  EXPECT_EQ(rejection_threshold(share_of(0.05)), 68454714336031539U);
  EXPECT_EQ(rejection_threshold(share_of(0)), 72057594037927936U);
}

TEST(RatioRules, HaveNamesThatAreReadBack) {
  for (const RatioRule rule : kRatioRules) EXPECT_EQ(parse_ratio_rule(name_of(rule)).value(), rule);
  EXPECT_NE(parse_ratio_rule("jaav").error().message.find("java"), std::string::npos);
}

double percent_kept_too(RatioRule given, RatioRule other) {
  return 100 * share_kept_too(given, other, share_of(0.01));
}

// By hand, in units of 2^56: a half of 64 bits is 256 of them. Go keeps [0, 2.56), the probability
// rule the last hundredth of each unit. Of Go's there are two whole units with a hundredth each,
// and 0.56 of one with none: 0.02 of 2.56. Java keeps [0, 1.28) and [254.72, 256): three
// hundredths.
TEST(Coherence, IsWhatIntervalsSayByHand) {
  using enum RatioRule;
  EXPECT_NEAR(percent_kept_too(go, python), 100, 1e-9);
  EXPECT_NEAR(percent_kept_too(go, java), 50, 1e-9);
  EXPECT_NEAR(percent_kept_too(java, go), 50, 1e-9);
  EXPECT_NEAR(percent_kept_too(dotnet, cpp), 50, 1e-6);
  EXPECT_NEAR(percent_kept_too(go, probability), 0.78125, 1e-9);
  EXPECT_NEAR(percent_kept_too(java, probability), 1.171875, 1e-9);
  EXPECT_NEAR(percent_kept_too(go, cpp), 1, 1e-6);
  EXPECT_NEAR(percent_kept_too(dotnet, js), 1, 1e-6);
  EXPECT_NEAR(percent_kept_too(js, dotnet), 1, 1e-6);
  for (const RatioRule rule : kRatioRules) EXPECT_EQ(percent_kept_too(rule, rule), 100);
}

// The same numbers counted over ids, at a rate that needs few of them. A wrong interval would not
// do what keeps() does.
TEST(Coherence, IsWhatIsCountedOverIds) {
  constexpr std::uint64_t kIds = 300'000;
  const SampleRate rate = share_of(0.1);
  const RequestIds ids(11, rate);
  std::array<std::array<int, kRatioRules.size()>, kRatioRules.size()> both{};
  std::array<std::vector<bool>, kRatioRules.size()> kept;
  for (std::size_t i = 0; i < kRatioRules.size(); ++i) {
    const RatioDecision decision(kRatioRules[i], rate);
    for (std::uint64_t k = 0; k < kIds; ++k) kept[i].push_back(decision.keeps(ids.at(k).trace_id));
  }
  for (std::size_t i = 0; i < kRatioRules.size(); ++i) {
    for (std::size_t j = 0; j < kRatioRules.size(); ++j) {
      for (std::uint64_t k = 0; k < kIds; ++k) both[i][j] += kept[i][k] && kept[j][k] ? 1 : 0;
    }
  }
  for (std::size_t i = 0; i < kRatioRules.size(); ++i) {
    for (std::size_t j = 0; j < kRatioRules.size(); ++j) {
      const double share = share_kept_too(kRatioRules[i], kRatioRules[j], rate);
      const double expected = both[i][i] * share;
      EXPECT_NEAR(both[i][j], expected, 6 * std::sqrt(expected * (1 - share)) + 1)
          << name_of(kRatioRules[i]) << ' ' << name_of(kRatioRules[j]);
    }
  }
}

TEST(Coherence, AtOneHundredPercentAllAgree) {
  for (const RatioRule given : kRatioRules) {
    for (const RatioRule other : kRatioRules) {
      EXPECT_NEAR(share_kept_too(given, other, share_of(1)), 1, 1e-12);
    }
  }
}

}  // namespace
}  // namespace tracetax
