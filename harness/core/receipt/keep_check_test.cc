// Receipts of arms that drop traces on purpose: what their rule forgives, and that one lost trace
// still opens them.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/keep_check.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "harness/core/receipt/receipt_json.h"
#include "harness/core/receipt/receipt_testing.h"

namespace tracetax {
namespace {

using testing::child_span;
using testing::ids_at;
using testing::kMs;
using testing::receipt_of;
using testing::server_span;

constexpr std::uint64_t kRequests = 10'000;

KeepRule rule_of(std::optional<double> normal, std::optional<double> error) {
  KeepRule rule;
  rule.share[static_cast<std::size_t>(RequestClass::normal)] = normal;
  rule.share[static_cast<std::size_t>(RequestClass::error)] = error;
  return rule;
}

/// Of ten requests the last is an error; two spans each.
ExpectedSpans expected_with(const KeepRule& rule, std::uint64_t seed = 7) {
  std::vector<RequestClass> classes(10, RequestClass::normal);
  classes.back() = RequestClass::error;
  return {.phases = {{ids_at(1, seed), kRequests, {}, {}, classes}},
          .spans_per_request = 2,
          .keeps = rule};
}

void add_trace(const ExpectedSpans& expected, std::uint64_t k, std::vector<SpanSeen>& spans) {
  spans.push_back(server_span(expected.phases[0].ids, k));
  spans.push_back(child_span(expected.phases[0].ids, k));
}

/// What comes of a sampler that keeps these shares.
std::vector<SpanSeen> kept(const ExpectedSpans& expected, double normal, double error,
                           std::uint64_t draws = 1) {
  std::mt19937_64 random(draws);
  std::vector<SpanSeen> spans;
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    const bool is_error = expected.phases[0].class_of(k) == RequestClass::error;
    if (std::bernoulli_distribution(is_error ? error : normal)(random))
      add_trace(expected, k, spans);
  }
  return spans;
}

const ClassAccount& account_of(const Receipt& receipt, RequestClass of) {
  return *std::ranges::find(receipt.keeps->classes, of, &ClassAccount::of);
}

TEST(KeepRule, ForgivesWhatIsDroppedOnPurpose) {
  const ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  const Receipt receipt = receipt_of(expected, kept(expected, 0.1, 1));
  EXPECT_EQ(receipt.reason(), "");
  EXPECT_TRUE(receipt.only_loses());
  EXPECT_EQ(receipt.missing_traces, 0U);
  EXPECT_EQ(receipt.received, receipt.expected);
  const ClassAccount& error = account_of(receipt, RequestClass::error);
  EXPECT_EQ(error, (ClassAccount{RequestClass::error, 1000, 1000, 0, 2000}));
  const ClassAccount& normal = account_of(receipt, RequestClass::normal);
  EXPECT_EQ(normal.sent, 9000U);
  EXPECT_NEAR(static_cast<double>(normal.whole), 900, 150);
  EXPECT_EQ(receipt.traces_received, error.whole + normal.whole);
}

TEST(KeepRule, OpensAtOneLostTraceOfAClassThatIsKept) {
  const ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  std::vector<SpanSeen> spans = kept(expected, 0.1, 1);
  std::erase_if(spans, [lost = expected.phases[0].ids.at(9).trace_id](const SpanSeen& span) {
    return span.trace_id == lost;
  });
  const Receipt receipt = receipt_of(expected, spans);
  EXPECT_FALSE(receipt.closes());
  EXPECT_FALSE(receipt.only_loses());
  EXPECT_EQ(receipt.missing_traces, 1U);
  EXPECT_NE(receipt.reason().find("1 of 1000 traces of class error are missing"), std::string::npos)
      << receipt.reason();
}

TEST(KeepRule, OpensAtOneLostSpanOfAnyTrace) {
  const ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  for (const bool root : {true, false}) {
    std::vector<SpanSeen> spans = kept(expected, 0.1, 1);
    spans.erase(spans.begin() + (root ? 0 : 1));
    const Receipt receipt = receipt_of(expected, spans);
    EXPECT_FALSE(receipt.closes());
    EXPECT_EQ(receipt.wrong_shape_traces, 1U);
    EXPECT_EQ(account_of(receipt, RequestClass::normal).part, 1U);
  }
}

TEST(KeepRule, OpensWhereAShareIsNoChance) {
  const ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  for (const double share : {0.05, 0.2, 0.0, 1.0})
    EXPECT_FALSE(receipt_of(expected, kept(expected, share, 1)).closes()) << share;
  const Receipt many = receipt_of(expected, kept(expected, 0.2, 1));
  EXPECT_NE(many.reason().find("too many for 10%"), std::string::npos) << many.reason();
}

TEST(KeepRule, OpensWhereNothingOfAClassShouldCome) {
  const ExpectedSpans expected = expected_with(rule_of(0, 1));
  std::vector<SpanSeen> spans = kept(expected, 0, 1);
  EXPECT_EQ(receipt_of(expected, spans).reason(), "");
  add_trace(expected, 0, spans);
  EXPECT_NE(receipt_of(expected, spans).reason().find("none should"), std::string::npos);
}

TEST(KeepRule, LetsAnyNumberComeOfAClassThatItDoesNotName) {
  const ExpectedSpans expected = expected_with(rule_of(std::nullopt, 1));
  for (const double share : {0.0, 0.3, 1.0})
    EXPECT_EQ(receipt_of(expected, kept(expected, share, 1)).reason(), "") << share;
}

TEST(KeepRule, StillRefusesWhatNobodySent) {
  const ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  std::vector<SpanSeen> spans = kept(expected, 0.1, 1);
  spans.push_back(server_span(ids_at(1, 8), 0));
  EXPECT_FALSE(receipt_of(expected, spans).closes());
}

TEST(KeepRule, LeavesOutWhoseAnswerIsNotKnown) {
  ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  std::vector<SpanSeen> spans = kept(expected, 0.1, 1);
  std::erase_if(spans, [lost = expected.phases[0].ids.at(9).trace_id](const SpanSeen& span) {
    return span.trace_id == lost;
  });
  expected.phases[0].uncertain = {9};
  const Receipt receipt = receipt_of(expected, spans);
  EXPECT_EQ(receipt.reason(), "");
  EXPECT_EQ(account_of(receipt, RequestClass::error).sent, 999U);
}

TEST(KeepRule, CountsTheSpansThatSomeRequestsHaveMore) {
  ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  expected.phases[0].extra_spans = std::vector<std::uint32_t>(10, 0);
  expected.phases[0].extra_spans.back() = 1;
  std::vector<SpanSeen> spans = kept(expected, 0.1, 1);
  EXPECT_EQ(receipt_of(expected, spans).wrong_shape_traces, 1000U);
  for (std::uint64_t k = 9; k < kRequests; k += 10) {
    spans.push_back(child_span(expected.phases[0].ids, k));
    spans.back().span_id.bytes[0] = 0xef;
  }
  EXPECT_EQ(receipt_of(expected, spans).reason(), "");
  expected.keeps.reset();
  EXPECT_EQ(spans_due(expected), 2 * kRequests + kRequests / 10);
}

TEST(KeepRule, LimitsTracesPerSecond) {
  KeepRule rule;
  rule.at_most_per_s = 100;
  const ExpectedSpans expected = expected_with(rule);
  const auto spread = [&](std::uint64_t traces) {
    std::vector<SpanSeen> spans;
    for (std::uint64_t k = 0; k < traces; ++k) {
      add_trace(expected, k, spans);
      for (SpanSeen& span : std::span(spans).last(2)) span.start_unix_ns += k * 4000 * kMs / traces;
    }
    return receipt_of(expected, spans);
  };
  EXPECT_EQ(spread(400).reason(), "");
  EXPECT_EQ(spread(500).reason(), "");  // a second's worth was saved up
  EXPECT_NE(spread(520).reason().find("at most 50"), std::string::npos) << spread(520).reason();
}

TEST(KeepRule, HoldsWhoDropsToItsOwnCount) {
  const ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  Receipt receipt = receipt_of(expected, kept(expected, 0.1, 1));
  compare_with_kept(receipt.traces_received, receipt.traces_received, "the target", *receipt.keeps);
  EXPECT_TRUE(receipt.closes());
  compare_with_kept(receipt.traces_received + 1, receipt.traces_received, "the target",
                    *receipt.keeps);
  EXPECT_NE(receipt.reason().find("1 of them did not come"), std::string::npos) << receipt.reason();
}

// With 1e-6 a side-blind rule would accuse none of these; a planted loss is found in each.
TEST(KeepRule, IsRightForManySeedsAndSeesEveryPlantedLoss) {
  std::mt19937_64 random(20261201);
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const double share = std::uniform_real_distribution(0.001, 0.999)(random);
    const ExpectedSpans expected = expected_with(rule_of(share, 1), seed);
    std::vector<SpanSeen> spans = kept(expected, share, 1, seed);
    std::ranges::shuffle(spans, random);
    ASSERT_EQ(receipt_of(expected, spans).reason(), "") << seed << ' ' << share;
    const std::size_t lost =
        std::uniform_int_distribution<std::size_t>(0, spans.size() - 1)(random);
    spans.erase(spans.begin() + static_cast<std::ptrdiff_t>(lost));
    ASSERT_FALSE(receipt_of(expected, spans).closes()) << seed;
  }
}

TEST(KeepRule, IsNotNeededToCountClasses) {
  ExpectedSpans expected = expected_with(rule_of({}, {}));
  expected.keeps.reset();
  expected.phases[0].ids = ids_at(0.1, 7);  // the caller samples a tenth
  std::vector<SpanSeen> spans;
  std::uint64_t sampled_errors = 0;
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    if (!expected.phases[0].ids.at(k).sampled()) continue;
    sampled_errors += k % 10 == 9 ? 1 : 0;
    add_trace(expected, k, spans);
  }
  const Receipt receipt = receipt_of(expected, spans);
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(account_of(receipt, RequestClass::error).sent, kRequests / 10) << "unsampled ones too";
  EXPECT_EQ(account_of(receipt, RequestClass::error).whole, sampled_errors);
  EXPECT_EQ(receipt.traces_expected, spans.size() / 2);
  spans.resize(spans.size() - 2);
  const Receipt lossy = receipt_of(expected, spans);
  EXPECT_NE(lossy.reason().find("1 of "), std::string::npos) << lossy.reason();
  EXPECT_TRUE(lossy.keeps->broken.empty());
  expected.phases[0].classes.clear();
  EXPECT_FALSE(receipt_of(expected, spans).keeps) << "no classes, no account";
}

TEST(KeepRule, SurvivesJson) {
  ExpectedSpans expected = expected_with(rule_of(0.1, 1));
  expected.keeps->at_most_per_s = 12.5;
  expected.phases[0].extra_spans = {0, 1};
  const auto again = expected_spans_from_json(expected_spans_to_json(expected));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->keeps, expected.keeps);
  EXPECT_EQ(again->phases[0].classes, expected.phases[0].classes);
  EXPECT_EQ(again->phases[0].extra_spans, expected.phases[0].extra_spans);
  for (const char* wrong : {R"({"share": {"odd": 1}})", R"({"share": {"error": 2}})", R"({})",
                            R"({"share": {}, "at_most_per_s": 0})"}) {
    auto json = expected_spans_to_json(expected);
    json["keeps"] = nlohmann::ordered_json::parse(wrong);
    EXPECT_FALSE(expected_spans_from_json(json)) << wrong;
  }
}

}  // namespace
}  // namespace tracetax
