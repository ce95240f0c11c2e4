// SPDX-License-Identifier: Apache-2.0
#include "reports/fidelity/fidelity_record.h"

#include <gtest/gtest.h>

#include "harness/core/text/checkout_testing.h"
#include "harness/core/text/text_file.h"
#include "reports/fidelity/held_against.h"
#include "reports/fidelity/kept_fidelity.h"
#include "reports/frameworks/frameworks_testing.h"

namespace tracetax {
namespace {

FidelityRecord record_of_gin() {
  FidelityRecord record;
  record.frameworks["made-up gin"] = {.date = "2026-12-01",
                                      .tool = "0.1.0 (0123abc)",
                                      .machine = "some CPU, 2 CPUs, kvm",
                                      .versions = {{"go", "1.26.8"}},
                                      .real_rate = 4000,
                                      .emulated_rate = 4000,
                                      .ratios = {{"cpu_off", {2.4, 1.9, 2.9, 10}}}};
  record.tau_date = "2026-12-01";
  record.taus["cpu_off"] = {0.81, 0.6, 0.9, 7};
  return record;
}

TEST(FidelityRecord, IsTheSameAfterReading) {
  const std::string text = write_fidelity_json(record_of_gin());
  const auto read = read_fidelity_json(text, "f.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(write_fidelity_json(*read), text);
  EXPECT_EQ(read->frameworks.at("made-up gin").ratios.at("cpu_off").high, 2.9);
}

TEST(FidelityRecord, MistakesAreToldWithTheirLine) {
  const auto read = read_fidelity_json("{\"frameworks\": {\"gin\": {\n\"date\": 5}}}", "f.json");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("f.json:2"), std::string::npos) << read.error().message;
}

/// The file in the tree is the one in the program, of the right form, and as it would be written.
TEST(FidelityRecord, TheKeptOneCanBeRead) {
  const auto read = read_fidelity_json(kept_fidelity_text(), "fidelity.json");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(write_fidelity_json(*read), kept_fidelity_text());
  EXPECT_EQ(read_file(source_folder() + "/reports/fidelity/fidelity.json", 1 << 20).value(),
            kept_fidelity_text());
}

TEST(FidelityRecord, ARunReplacesItsOwnFrameworksOnly) {
  FidelityRecord kept = record_of_gin();
  kept.frameworks["other"].date = "2026-11-01";
  const RunResult result = testing::paired_run({{"gin", "http", 40, 12, 5, 0, 470}}, 2);
  const FidelityRecord both = with_run(kept, result, fidelity_of(result));
  EXPECT_EQ(both.frameworks.at("made-up gin").date, "2025-11-20");
  EXPECT_NEAR(both.frameworks.at("made-up gin").ratios.at("cpu_off").ratio, 2, 0.02);
  EXPECT_EQ(both.frameworks.at("other").date, "2026-11-01");
  EXPECT_EQ(both.tau_date, "2026-12-01") << "one framework has no order";
}

TEST(HeldAgainst, TheRunsOwnRealOneGoesBeforeWhatIsKept) {
  const FidelityRecord kept = record_of_gin();
  RunResult result = testing::paired_run({{"gin", "http", 40, 12, 5, 0, 470}}, 2);
  EXPECT_FALSE(held_against(result, 0, kept)) << "the real one";
  const auto here = held_against(result, 1, kept);
  ASSERT_TRUE(here && here->cpu);
  EXPECT_NEAR(here->cpu->ratio, 2, 0.02);
  EXPECT_EQ(here->month, "2025-11");
  result.suite.targets[0].pair.clear();
  EXPECT_EQ(held_against(result, 1, kept)->cpu->ratio, 2.4);
  EXPECT_EQ(held_against(result, 1, kept)->month, "2026-12");
  EXPECT_FALSE(held_against(result, 1, {})->cpu);
}

}  // namespace
}  // namespace tracetax
