// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/word_rule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/analysis/comparison.h"
#include "harness/core/testing.h"
#include "harness/stats/signed_rank.h"

namespace tracetax {
namespace {

using testing::test_suite;

constexpr int kMetrics = 5;

/// Four arms in five metrics; in each, all arms share the noise of `off`. `effect` in units of the
/// spread of a pair.
class MadeUpRuns {
 public:
  explicit MadeUpRuns(int blocks) : blocks_(blocks), suite_(test_suite(blocks)) {}

  std::vector<Comparison> draw(double effect_of_traced) {
    std::vector<Comparison> all;
    for (int metric = 0; metric < kMetrics; ++metric) {
      const std::vector<double> off = noise();
      for (std::size_t arm = 1; arm < suite_.arms.size(); ++arm) {
        const double effect =
            suite_.arms[arm].role == ArmRole::traced ? effect_of_traced * std::sqrt(2 * 3.0) : 0;
        std::vector<double> pairs = noise();
        for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] += effect - off[i];
        all.push_back(comparison(suite_.arms[arm].name, std::move(pairs)));
      }
    }
    return all;
  }
  [[nodiscard]] const Suite& suite() const { return suite_; }

 private:
  std::vector<double> noise() {
    std::vector<double> values;
    for (int block = 0; block < blocks_; ++block) values.push_back(noise_(random_));
    return values;
  }
  /// With the word that its own interval gives.
  static Comparison comparison(const std::string& arm, std::vector<double> log_ratios) {
    Comparison made;
    made.arm = arm;
    made.blocks = static_cast<int>(log_ratios.size());
    made.log_ratios = std::move(log_ratios);
    const auto interval = signed_rank_interval(made.log_ratios, 0.95);
    made.word = interval->low > 0    ? Word::higher
                : interval->high < 0 ? Word::lower
                                     : Word::within_noise;
    return made;
  }

  int blocks_;
  Suite suite_;
  std::mt19937_64 random_{29};
  std::student_t_distribution<double> noise_{3};  // variance 3
};

int told(const std::vector<Comparison>& comparisons) {
  int told = 0;
  for (const Comparison& comparison : comparisons) {
    told += comparison.word == Word::within_noise ? 0 : 1;
  }
  return told;
}

/// Goal: four arms that are all `off`, five metrics, ten blocks: a false word in about 5 % of the
/// runs, where words that rest each on its own interval give one in half of them. Four standard
/// errors of room.
TEST(WordRule, RarelyGivesAnyFalseWord) {
  constexpr int kRuns = 2'000;
  MadeUpRuns runs(10);
  int alone = 0, together = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<Comparison> comparisons = runs.draw(0);
    alone += told(comparisons) > 0 ? 1 : 0;
    EXPECT_TRUE(give_words(runs.suite(), comparisons).together);
    together += told(comparisons) > 0 ? 1 : 0;
  }
  const double error = std::sqrt(0.05 * 0.95 / kRuns);
  EXPECT_LE(static_cast<double>(together) / kRuns, 0.05 + 4 * error);
  EXPECT_GE(together, 10) << "far fewer would mean a rule without power";
  EXPECT_GE(static_cast<double>(alone) / kRuns, 0.45) << "what the rule is for";
}

/// Effects of one and a half times a pair's spread, in the traced arms.
TEST(WordRule, FindsRealEffectsNearlyAsOften) {
  constexpr int kRuns = 300;
  MadeUpRuns runs(10);
  int alone = 0, together = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<Comparison> comparisons = runs.draw(1.5);
    alone += told(comparisons);
    (void)give_words(runs.suite(), comparisons);
    together += told(comparisons);
  }
  EXPECT_GE(static_cast<double>(together), 0.95 * alone);
  EXPECT_GE(alone, 0.9 * 15 * kRuns);
}

TEST(WordRule, BelowTenBlocksWordsRestOnTheirOwnIntervals) {
  MadeUpRuns runs(9);
  std::vector<Comparison> comparisons = runs.draw(0.8);
  std::vector<Word> own;
  for (const Comparison& comparison : comparisons) own.push_back(comparison.word);
  const WordRule rule = give_words(runs.suite(), comparisons);
  EXPECT_FALSE(rule.together);
  EXPECT_EQ(rule.comparisons, 20);
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (comparisons[i].arm == "off2") continue;
    EXPECT_EQ(comparisons[i].word, own[i]);
    EXPECT_TRUE(comparisons[i].p.has_value());
    EXPECT_FALSE(comparisons[i].p_adjusted.has_value());
  }
}

Comparison all_on_one_side(const std::string& arm, int blocks) {
  Comparison made;
  made.arm = arm;
  made.blocks = blocks;
  made.word = Word::higher;
  for (int block = 0; block < blocks; ++block) made.log_ratios.push_back(0.01 + 0.001 * block);
  return made;
}

Comparison nothing_there(const std::string& arm, int blocks) {
  Comparison made;
  made.arm = arm;
  made.blocks = blocks;
  made.word = Word::within_noise;
  for (int block = 0; block < blocks; ++block) {
    made.log_ratios.push_back((block % 2 == 0 ? 1 : -1) * (0.01 + 0.001 * block));
  }
  return made;
}

/// Of ten pairs the smallest p is 2/1024: of 25 comparisons one can be told, of 26 two must differ.
TEST(WordRule, SaysHowManyMustDifferAtOnce) {
  const Suite suite = test_suite(10);
  for (const int others : {24, 25}) {
    std::vector<Comparison> comparisons{all_on_one_side("on@100%", 10)};
    for (int i = 0; i < others; ++i) comparisons.push_back(nothing_there("on@1%", 10));
    const WordRule rule = give_words(suite, comparisons);
    EXPECT_EQ(rule.fewest_told, others == 24 ? 1 : 2);
    EXPECT_EQ(comparisons[0].word, others == 24 ? Word::higher : Word::within_noise);
    EXPECT_EQ(
        comparisons[0].reason,
        others == 24 ? "" : "10 blocks are too few to tell it from chance among 26 comparisons");
    EXPECT_DOUBLE_EQ(comparisons[0].p.value(), 2.0 / 1024);
    EXPECT_DOUBLE_EQ(comparisons[0].p_adjusted.value(), (others + 1) * 2.0 / 1024);
  }
}

/// Holm over the shams of all cells and metrics, however many traced arms there are to find.
TEST(WordRule, OneAnswerForAllShams) {
  const Suite suite = test_suite(10);
  std::vector<Comparison> comparisons{all_on_one_side("off2", 10)};
  for (int i = 0; i < 20; ++i) comparisons.push_back(all_on_one_side("on@100%", 10));
  WordRule rule = give_words(suite, comparisons);
  EXPECT_EQ(rule.sham_comparisons, 1);
  EXPECT_EQ(rule.sham_moved, 1);
  EXPECT_EQ(rule.sham_blocks_needed, 0);

  comparisons = {all_on_one_side("off2", 10)};
  for (int i = 0; i < 20; ++i) comparisons.push_back(all_on_one_side("on@100%", 10));
  for (int i = 0; i < 29; ++i) comparisons.push_back(nothing_there("off2", 10));
  rule = give_words(suite, comparisons);
  EXPECT_EQ(rule.sham_comparisons, 30);
  EXPECT_EQ(rule.sham_moved, 0);
  EXPECT_EQ(rule.sham_blocks_needed, 11) << "30 * 2 / 2^11 = 0.029, but 30 * 2 / 2^10 = 0.059";
  EXPECT_EQ(comparisons[0].word, Word::within_noise);
  EXPECT_EQ(comparisons[1].word, Word::higher);
}

TEST(WordRule, VoidComparisonsAreNoneOfIt) {
  std::vector<Comparison> comparisons(3);
  const WordRule rule = give_words(test_suite(10), comparisons);
  EXPECT_EQ(rule.comparisons, 0);
  EXPECT_EQ(rule.sham_blocks_needed, 0);
  EXPECT_FALSE(comparisons[0].p.has_value());
}

}  // namespace
}  // namespace tracetax
