// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/sampler_claims.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "reports/samplers/samplers_testing.h"

namespace tracetax::testing {
namespace {

std::vector<SamplerClaim> claims_of(const std::vector<MadeSampler>& made, int blocks = 6) {
  const RunResult result = samplers_run(made, blocks);
  return sampler_claims(result, sampler_cells(result).at(0));
}

/// "holds", "refuted", "not decided"; "" of a claim that is not there.
std::string word_of(const std::vector<SamplerClaim>& claims, const std::string& claim) {
  const auto found = std::ranges::find(claims, claim, &SamplerClaim::claim);
  return found == claims.end() ? "" : std::string(name_of(found->word));
}

TEST(SamplerClaims, TailSamplingCostsTheClientWhatEverythingCosts) {
  const auto claims = claims_of(four_samplers());
  EXPECT_EQ(word_of(claims, "tail: costs the client nothing"), "refuted");
  EXPECT_EQ(word_of(claims, "tail: its client pays what on@100% pays"), "holds");
  EXPECT_EQ(word_of(claims, "tail: traces are complete"), "holds");
  const auto free =
      std::ranges::find(claims, "tail: costs the client nothing", &SamplerClaim::claim);
  EXPECT_EQ(free->because,
            "the client pays 5.0 us [4.8, 5.2] a request more than with tracing off, and whoever "
            "decides behind it 10.0 us [10.0, 10.0]");
}

TEST(SamplerClaims, TheOtherWordsAreGivenToo) {
  std::vector<MadeSampler> made = four_samplers();
  made[3].client_us = 20.1;  // within +-0.25 of off
  made[3].torn = 1;
  auto claims = claims_of(made);
  EXPECT_EQ(word_of(claims, "tail: costs the client nothing"), "not decided");
  EXPECT_EQ(word_of(claims, "tail: its client pays what on@100% pays"), "refuted");
  EXPECT_EQ(word_of(claims, "tail: traces are complete"), "refuted");
  claims = claims_of(four_samplers(), 5);  // no intervals
  EXPECT_EQ(word_of(claims, "tail: costs the client nothing"), "not decided");
  EXPECT_EQ(word_of(claims, "tail: its client pays what on@100% pays"), "not decided");
}

TEST(SamplerClaims, ASamplerAtTheHeadSeesPriorityAndNoErrors) {
  auto claims = claims_of(four_samplers());
  EXPECT_EQ(word_of(claims, "priority: keeps all of high priority"), "holds");
  EXPECT_EQ(word_of(claims, "priority: keeps 1 % of normal requests"), "holds");
  EXPECT_EQ(word_of(claims, "priority: keeps all errors"), "refuted");
  EXPECT_EQ(word_of(claims, "priority: keeps errors rather than other requests"), "not decided");
  std::vector<MadeSampler> made = four_samplers();
  made[2].whole = {200, 100, 1, 1, 90, 1};
  claims = claims_of(made);
  EXPECT_EQ(word_of(claims, "priority: keeps all of high priority"), "refuted");
  EXPECT_EQ(word_of(claims, "priority: keeps 1 % of normal requests"), "refuted");
  EXPECT_EQ(word_of(claims, "priority: keeps all errors"), "holds");
  EXPECT_EQ(word_of(claims, "priority: keeps errors rather than other requests"), "holds");
  EXPECT_EQ(word_of(claims, "ratio: keeps all errors"), "") << "nobody says so";
  EXPECT_EQ(word_of(claims, "samplers at the head: traces are complete"), "holds");
  made[1].torn = 3;
  EXPECT_EQ(word_of(claims_of(made), "samplers at the head: traces are complete"), "refuted");
}

TEST(SamplerClaims, AdaptiveIsHeldAgainstTheFixedRatio) {
  std::vector<MadeSampler> made = four_samplers();
  // Both wobble alike, so that 0.25 us of difference are told.
  auto claims = claims_of(made);
  EXPECT_EQ(word_of(claims, "priority: costs the client less than ratio"), "holds");
  EXPECT_EQ(word_of(claims, "priority: stores less than ratio"), "holds");
  const auto less =
      std::ranges::find(claims, "priority: stores less than ratio", &SamplerClaim::claim);
  EXPECT_NE(less->because.find("-80.0 % in bytes a request"), std::string::npos) << less->because;
  made[2].client_us = 22;
  made[2].whole = kSentByClass;
  claims = claims_of(made);
  EXPECT_EQ(word_of(claims, "priority: costs the client less than ratio"), "refuted");
  EXPECT_EQ(word_of(claims, "priority: stores less than ratio"), "refuted");
}

}  // namespace
}  // namespace tracetax::testing
