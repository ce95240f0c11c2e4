// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/gate_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/testing.h"

namespace tracetax {
namespace {

std::string refusal(Metric metric, std::string_view text) {
  const auto budget = parse_budget(metric, text);
  return budget ? "accepted" : budget.error().message;
}

bool contains(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

TEST(ParseBudget, SharesAmountsAndBoth) {
  const Metric cpu = Metric::cpu_per_request;
  EXPECT_EQ(parse_budget(cpu, "5%"), (Budget{5, std::nullopt}));
  EXPECT_EQ(parse_budget(cpu, "5us"), (Budget{std::nullopt, 5}));
  EXPECT_EQ(parse_budget(cpu, "5%|5us"), (Budget{5, 5}));
  EXPECT_EQ(parse_budget(cpu, "750ns|2.5%"), (Budget{2.5, 0.75}));
  EXPECT_EQ(parse_budget(Metric::response_p99, "100us"), (Budget{std::nullopt, 100'000}));
  EXPECT_EQ(parse_budget(Metric::rss_peak, "1MiB"), (Budget{std::nullopt, 1'048'576}));
  EXPECT_EQ(parse_budget(Metric::capacity, "99.9%"), (Budget{99.9, std::nullopt}));
  EXPECT_EQ(parse_budget(cpu, "0%"), (Budget{0, std::nullopt}));
  EXPECT_EQ(parse_budget(Metric::rss_peak, "0"), (Budget{std::nullopt, 0}));
  EXPECT_EQ(parse_budget(cpu, "1000%"), (Budget{1000, std::nullopt}));
}

TEST(ParseBudget, RefusalsSayWhatIsRight) {
  const Metric cpu = Metric::cpu_per_request;
  for (const char* text : {"", "|", "5%|", "|5us", "5%|6%", "5us|6us", "5%|5us|1us"}) {
    EXPECT_TRUE(contains(refusal(cpu, text), "the larger of the two")) << text;
  }
  for (const char* text : {"%", "-5%", "-0%", "nan%", "inf%", "5 %", "x%", "+5%"}) {
    EXPECT_TRUE(contains(refusal(cpu, text), "write it like \"5%\"")) << text;
  }
  EXPECT_TRUE(contains(refusal(cpu, "1001%"), "more than 1000 %"));
  EXPECT_TRUE(contains(refusal(Metric::capacity, "100%"), "less than 100 %"));
  EXPECT_TRUE(contains(refusal(Metric::capacity, "5us"), "is a percentage"));
  for (const char* text : {"5", "5MiB", "-5us", "five"}) {
    EXPECT_NE(refusal(cpu, text), "accepted") << text;
  }
  EXPECT_NE(refusal(Metric::rss_peak, "5us"), "accepted");
}

TEST(FormatBudget, IsReadBack) {
  for (const char* text : {"5%", "5us", "5%|5us", "0.1%|1234ns", "0", "1e-05%"}) {
    const Budget budget = parse_budget(Metric::cpu_per_request, text).value();
    EXPECT_EQ(parse_budget(Metric::cpu_per_request, format_budget(Metric::cpu_per_request, budget)),
              budget)
        << text;
  }
  const Budget memory = parse_budget(Metric::rss_peak, "3%|1MiB").value();
  EXPECT_EQ(parse_budget(Metric::rss_peak, format_budget(Metric::rss_peak, memory)), memory);
  EXPECT_EQ(format_budget(Metric::cpu_per_request, Budget{5, 5}), "5%|5us");
}

TEST(ParseBudgets, RequiredMetricsByEitherName) {
  const auto metrics = parse_budgets("cpu=5%,response_p99=15%|100us").value();
  ASSERT_EQ(metrics.size(), 2U);
  EXPECT_TRUE(metrics[0].required && metrics[1].required);
  EXPECT_EQ(metrics[0].regress_pct, 3);
  EXPECT_EQ(metrics[1].metric, Metric::response_p99);
  EXPECT_EQ(metrics[1].regress_pct, 6);
}

TEST(ParseBudgets, EveryMistakeIsTold) {
  const auto wrong = parse_budgets("cpu,latency=5%,p50=x,memory=1MiB,memory=5%");
  ASSERT_FALSE(wrong);
  const std::string& message = wrong.error().message;
  EXPECT_TRUE(contains(message, "has no \"=\"")) << message;
  EXPECT_TRUE(contains(message, "latency")) << message;
  EXPECT_TRUE(contains(message, "p50: ")) << message;
  EXPECT_TRUE(contains(message, "'memory' stands here twice, with 1048576 and 5%")) << message;
  EXPECT_EQ(parse_budgets("cpu=5%,memory=25%,cpu=5%")->size(), 2U) << "the same again is no change";
  EXPECT_FALSE(parse_budgets(""));
  EXPECT_FALSE(parse_budgets("cpu=5%,"));
}

TEST(ParseNames, PoliciesAndRules) {
  EXPECT_EQ(parse_inconclusive("warn"), InconclusivePolicy::warn);
  EXPECT_EQ(parse_stop_rule("anytime"), StopRule::anytime);
  EXPECT_TRUE(contains(parse_inconclusive("wran").error().message, "warn"));
  EXPECT_FALSE(parse_stop_rule("never"));
}

struct Read {
  GateSpec gate;
  std::string mistakes;
};

Read read(const char* text) {
  const Suite suite = testing::test_suite(10);
  Mistakes mistakes("suite");
  Read read;
  read.gate = read_gate(Json::parse(text), "/gate", suite.arms, mistakes);
  if (!mistakes.empty()) read.mistakes = mistakes.error().message;
  return read;
}

TEST(ReadGate, EverythingThatCanStandThere) {
  const Read all = read(R"({
    "arms": ["on@1%", "off2"],
    "required": {"cpu": {"budget": "5%", "floor": "5us", "regress": "2%"}},
    "advisory": {"p99": "15%", "capacity": "5%"},
    "looks": [{"pairs": 8, "alpha": 0.02}, {"pairs": 16, "alpha": 0.03}],
    "effort": "ci", "stop": "anytime", "inconclusive": "fail", "alpha": 0.05, "forced": true})");
  EXPECT_EQ(all.mistakes, "");
  EXPECT_EQ(all.gate.arms, (std::vector<std::string>{"on@1%", "off2"}));
  ASSERT_EQ(all.gate.metrics.size(), 3U);
  EXPECT_EQ(all.gate.metrics[0].budget, (Budget{5, 5}));
  EXPECT_EQ(all.gate.metrics[0].regress_pct, 2);
  EXPECT_FALSE(all.gate.metrics[1].required);
  EXPECT_EQ(all.gate.looks, (std::vector<Look>{{8, 0.02}, {16, 0.03}}));
  EXPECT_EQ(all.gate.stop, StopRule::anytime);
  EXPECT_EQ(all.gate.inconclusive, InconclusivePolicy::fail);
  EXPECT_TRUE(all.gate.forced);
  EXPECT_EQ(read("{}").mistakes, "");
}

TEST(ReadGate, EveryMistakeIsToldWithItsPlace) {
  const std::string told = read(R"({
    "arms": ["on@2%", "off", "on@1%", "on@1%"], "requierd": {},
    "required": {"cpu": {"floor": "5%"}, "latency": "5%", "p50": 5, "p99": "5"},
    "advisory": {"cpu_per_request": "5%"},
    "looks": [{"pairs": 10, "alpha": 0.01}, {"pairs": 10, "alpha": 0.01}, {"pairs": 2}],
    "effort": "slow", "stop": "never", "inconclusive": "maybe", "alpha": 3, "forced": 1})")
                               .mistakes;
  for (const char* words : {"on@2%", "'on@1%' stands here twice", "requierd", "\"budget\": \"5%\"",
                            "is an amount", "latency", "required.p50", "required.p99",
                            "is judged a second time", "is not above the look before", "looks[2]",
                            "slow", "never", "maybe", "gate.alpha", "gate.forced"}) {
    EXPECT_TRUE(contains(told, words)) << words << "\n" << told;
  }
}

TEST(ReadGate, LooksThatSpendTooMuchOrAgainstAlpha) {
  EXPECT_TRUE(contains(
      read(R"({"looks": [{"pairs": 10, "alpha": 0.2}, {"pairs": 20, "alpha": 0.2}]})").mistakes,
      "spend 0.4 together"));
  EXPECT_TRUE(
      contains(read(R"({"looks": [{"pairs": 10, "alpha": 1e-6}]})").mistakes, "spend 1e-06"));
  EXPECT_TRUE(contains(read(R"({"looks": [{"pairs": 10, "alpha": 0.02}], "alpha": 0.05})").mistakes,
                       "leave one"));
  EXPECT_EQ(read(R"({"looks": [{"pairs": 10, "alpha": 0.02}], "alpha": 0.02})").mistakes, "");
}

TEST(CompleteGate, FillsInTheDefaults) {
  GateSpec gate;
  ASSERT_TRUE(complete_gate(gate, testing::test_suite(10)));
  EXPECT_EQ(gate.arms, std::vector<std::string>{"on@10%"});
  ASSERT_EQ(gate.metrics.size(), 3U);
  EXPECT_EQ(gate.metrics[0].metric, Metric::cpu_per_request);
  EXPECT_TRUE(gate.metrics[0].required);
  EXPECT_EQ(gate.metrics[0].budget, (Budget{5, std::nullopt}))
      << "an amount would let a fast service pass at three times that";
  EXPECT_FALSE(gate.metrics[1].required || gate.metrics[2].required);
  EXPECT_EQ(gate.looks, looks_of(Effort::full));

  Suite no_ten = testing::test_suite(10);
  no_ten.arms.erase(no_ten.arms.begin() + 3);
  no_ten.design.capacity = Nanos{1};
  GateSpec other;
  ASSERT_TRUE(complete_gate(other, no_ten));
  EXPECT_EQ(other.arms, std::vector<std::string>{"on@100%"});
  EXPECT_EQ(other.metrics.back().metric, Metric::capacity);
}

TEST(CompleteGate, KeepsWhichArmsAreJudgedAndWhy) {
  using Names = std::vector<std::string>;
  const Suite suite = testing::test_suite(10);
  GateSpec gate, named;
  ASSERT_TRUE(complete_gate(gate, suite));
  EXPECT_TRUE(gate.arms_by_default);
  EXPECT_EQ(gate.arms_passed_over, (Names{"on@1%", "on@100%"}));
  named.arms = {"on@1%"};
  ASSERT_TRUE(complete_gate(named, suite));
  EXPECT_FALSE(named.arms_by_default);
  EXPECT_EQ(named.arms_passed_over, (Names{"on@10%", "on@100%"}));
  // A stored run that has only what was judged, judged again.
  Suite stored = suite;
  stored.arms = {suite.arms[0], suite.arms[3]};
  ASSERT_TRUE(complete_gate(gate, stored));
  EXPECT_TRUE(gate.arms_by_default);
  EXPECT_EQ(gate.arms_passed_over, (Names{"on@1%", "on@100%"}));
}

std::string refused(GateSpec gate, const Suite& suite) {
  const auto status = complete_gate(gate, suite);
  return status ? "accepted" : status.error().message;
}

TEST(CompleteGate, RefusesWhatCannotBeJudged) {
  const Suite suite = testing::test_suite(10);
  Suite only_off = suite;
  only_off.arms.resize(2);
  EXPECT_TRUE(contains(refused({}, only_off), "no arm to judge"));

  GateSpec capacity;
  capacity.metrics = {{Metric::capacity, true, {5, std::nullopt}, 3}};
  EXPECT_TRUE(contains(refused(capacity, suite), "capacity is not measured"));

  GateSpec tail;
  tail.metrics = {{Metric::response_p99, false, {15, std::nullopt}, 6}};
  EXPECT_TRUE(contains(refused(tail, suite), "nothing could ever fail"));

  GateSpec advisory;
  advisory.metrics = {{Metric::cpu_per_request, false, {5, std::nullopt}, 3}};
  EXPECT_TRUE(contains(refused(advisory, suite), "nothing could ever fail"));
}

/// 2^-6 = 0.0156: at 0.05 three tests can fail with six pairs, four cannot; with seven pairs six
/// can.
TEST(CompleteGate, RefusesAGateThatCannotFail) {
  const auto with = [](std::size_t arms, int pairs, StopRule stop) {
    GateSpec gate;
    gate.arms = std::vector<std::string>{"on@1%", "on@10%", "on@100%", "off2"};
    gate.arms.resize(std::min<std::size_t>(arms, 4));
    gate.metrics = {{Metric::cpu_per_request, true, {5, std::nullopt}, 3}};
    if (arms > 4) gate.metrics.push_back({Metric::response_p50, true, {5, std::nullopt}, 3});
    gate.looks = {{pairs, 0.05}};
    gate.stop = stop;
    return refused(gate, testing::test_suite(10));
  };
  EXPECT_EQ(with(3, 6, StopRule::looks), "accepted");
  EXPECT_TRUE(contains(with(4, 6, StopRule::looks), "4 required tests cannot fail with 6 pairs"));
  EXPECT_EQ(with(4, 7, StopRule::looks), "accepted");
  // Six bets won are worth 116.285 / 5 = 23.3, enough for one test at 1/20.
  EXPECT_EQ(with(1, 6, StopRule::anytime), "accepted");
  EXPECT_TRUE(contains(with(2, 6, StopRule::anytime), "2 required tests cannot fail"));
}

/// What is stored is all of it: read again it is the same, to the last digit of alpha.
TEST(GateForm, IsReadBack) {
  const Suite suite = testing::test_suite(10);
  for (const double alpha : {0.05, 0.07, 1e-4, 0.25, 0.033}) {
    for (const Effort effort : {Effort::quick, Effort::ci, Effort::full, Effort::paper}) {
      GateSpec gate;
      gate.alpha = alpha;
      gate.effort = effort;
      gate.inconclusive = InconclusivePolicy::pass;
      if (!complete_gate(gate, suite)) continue;  // too few pairs for so small an alpha
      const Json form = gate_form(gate);
      Mistakes mistakes("stored");
      const GateSpec again = read_gate(Json::parse(form.dump()), "/gate", suite.arms, mistakes);
      EXPECT_TRUE(mistakes.empty()) << mistakes.error().message;
      EXPECT_EQ(again.alpha, gate.alpha);
      EXPECT_EQ(again.looks, gate.looks);
      EXPECT_EQ(gate_form(again), form);
    }
  }
}

}  // namespace
}  // namespace tracetax
