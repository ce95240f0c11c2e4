// Table T3 of made-up runs whose numbers are known.
// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/samplers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "reports/golden.h"
#include "reports/pictures/pictures.h"
#include "reports/samplers/samplers_testing.h"

namespace tracetax::testing {
namespace {

const SamplerRow& row_called(const RunResult& result, const SamplerCell& cell,
                             const std::string& name) {
  const auto& arms = result.suite.arms;
  const auto found = std::ranges::find(arms, name, &ArmSpec::name);
  return cell.rows.at(static_cast<std::size_t>(found - arms.begin()));
}

TEST(SamplerRows, CostsAreDifferencesToOffOfTheSameBlocks) {
  const RunResult result = samplers_run(four_samplers());
  const SamplerCell cell = sampler_cells(result).at(0);
  ASSERT_EQ(cell.full, 1);
  const SamplerRow& tail = row_called(result, cell, "tail");
  EXPECT_EQ(tail.place, SamplerPlace::behind);
  EXPECT_NEAR(*tail.client_cpu.more, 5, 1e-9);
  EXPECT_NEAR(tail.client_cpu.interval->low, 4.75, 1e-9);
  EXPECT_NEAR(tail.client_cpu.interval->high, 5.25, 1e-9);
  EXPECT_EQ(tail.client_cpu.blocks, 6);
  EXPECT_NEAR(*tail.stage_cpu.value, 11, 1e-9);
  EXPECT_NEAR(*tail.stage_cpu.more, 10, 1e-9) << "what it takes idle is every arm's";
  EXPECT_NEAR(*tail.client_memory.value, 12 * 1024 * 1024, 1);
  EXPECT_NEAR(*tail.stage_memory.value, 50 * 1024 * 1024, 1);
  EXPECT_NEAR(*tail.delay_p50.more, 1'000, 1e-9);
  EXPECT_NEAR(*tail.delay_p99.more, 2'000, 1e-9);
  EXPECT_EQ(row_called(result, cell, "ratio").place, SamplerPlace::service);
  EXPECT_EQ(row_called(result, cell, "on@100%").place, SamplerPlace::none);
}

TEST(SamplerRows, TracesAndBytesAreThoseOfAllValidSegments) {
  const RunResult result = samplers_run(four_samplers());
  const SamplerCell cell = sampler_cells(result).at(0);
  const SamplerRow& tail = row_called(result, cell, "tail");
  const Share errors = tail.kept(RequestClass::error)->recall();
  EXPECT_EQ(errors.of, 600U);
  EXPECT_EQ(errors.all, 600U);
  EXPECT_NEAR(errors.low, std::pow(0.025, 1.0 / 600), 1e-9) << "Clopper-Pearson of all of n";
  EXPECT_EQ(errors.high, 1);
  EXPECT_NEAR(*tail.bytes.value, 122.5, 1e-9);
  EXPECT_EQ(tail.kept_of_all().of, 6U * 1'225);
  EXPECT_EQ(tail.came_whole, 6U * 1'225);
  EXPECT_EQ(tail.came_part, 0U);
}

TEST(SamplerRows, ErrorsAtEqualBytes) {
  const RunResult result = samplers_run(four_samplers());
  const SamplerCell cell = sampler_cells(result).at(0);
  const auto at = [&](const std::string& arm) {
    return recall_at(cell, row_called(result, cell, arm), RequestClass::error, 0.1).value();
  };
  EXPECT_NEAR(at("on@100%").value, 0.1, 1e-9);
  EXPECT_NEAR(at("ratio").value, 0.1, 1e-9);
  EXPECT_NEAR(at("priority").value, 0.01 + 0.99 * 80 / 980, 1e-9);
  EXPECT_NEAR(at("tail").value, 100 / 122.5, 1e-9);
  EXPECT_NEAR(at("tail").low, std::pow(0.025, 1.0 / 600) * 100 / 122.5, 1e-9);
  EXPECT_FALSE(recall_at(cell, cell.rows[0], RequestClass::error, 0.1)) << "off keeps nothing";
}

TEST(SamplerRows, WhatErrorsSeemToBeAmongTheKept) {
  const RunResult result = samplers_run(four_samplers());
  const SamplerCell cell = sampler_cells(result).at(0);
  const auto factor = [&](const std::string& arm) {
    return error_share_factor(row_called(result, cell, arm)).value();
  };
  EXPECT_NEAR(factor("ratio").value, 1, 1e-9);
  EXPECT_NEAR(factor("tail").value, 100.0 / 1'225 / 0.01, 1e-9);
  EXPECT_NEAR(factor("priority").value, 0.5, 1e-9);
  EXPECT_LT(factor("priority").high, 1.5) << "6 errors of 1,200 kept";
  EXPECT_FALSE(error_share_factor(cell.rows[0]));
}

TEST(SamplerRows, ASegmentThatIsVoidGivesNoNumberButItsTornTraces) {
  std::vector<MadeSampler> made = four_samplers();
  made[3].torn = 2;
  RunResult result = samplers_run(made);
  for (SegmentRecord& segment : result.segments) {
    if (segment.arm == "tail") make_void(segment, VoidRule::receipt_open);
    if (segment.arm == "tail" && segment.spec.block == 0) make_void(segment, VoidRule::driver_lag);
  }
  const SamplerCell cell = sampler_cells(result).at(0);
  const SamplerRow& tail = row_called(result, cell, "tail");
  EXPECT_EQ(tail.valid, 0);
  EXPECT_EQ(tail.measured, 6);
  EXPECT_TRUE(tail.classes.empty());
  EXPECT_FALSE(tail.client_cpu.more);
  EXPECT_EQ(tail.came_part, 10U) << "of the five that are void for their receipt alone";
  EXPECT_EQ(tail.came_whole, 5U * 1'225);
  EXPECT_FALSE(recall_at(cell, tail, RequestClass::error, 0.1));
}

TEST(SamplerRows, ACallersShareStandsWhereNobodyKnowsTheClasses) {
  RunResult result = samplers_run(four_samplers());
  result.suite.arms[1].keeps.reset();
  for (SegmentRecord& segment : result.segments) {
    if (segment.arm != "on@100%") continue;
    segment.receipt.keeps.reset();
    segment.sampled_share = 0.5;
  }
  const SamplerCell cell = sampler_cells(result).at(0);
  EXPECT_NEAR(*cell.rows[1].bytes.value, 500, 1e-9);
  EXPECT_EQ(cell.rows[1].kept(RequestClass::error), nullptr);
}

TEST(Samplers, TheTerminalHasTheTableInPlaceOfComparisons) {
  const RunResult result = samplers_run(four_samplers());
  const std::string text = write_text(result, analyse(result), {.width = 80});
  EXPECT_NE(text.find("errors at equal stored bytes"), std::string::npos) << text;
  EXPECT_EQ(text.find("95 % interval  word"), std::string::npos) << text;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    EXPECT_LE(end - at, 80U) << text.substr(at, end - at);
    at = end + 1;
  }
}

TEST(Samplers, Golden) {
  std::vector<MadeSampler> made = four_samplers();
  made[1].torn = 1;
  const RunResult result = samplers_run(made);
  expect_golden("samplers.txt", samplers_text(result, 80));
  expect_golden("samplers.md", rendered(result, "samplers"));
  expect_golden("samplers.csv", rendered(result, "samplers-csv"));
}

TEST(Samplers, ThePictureHasAMarkForEachAndNoneForOthers) {
  const RunResult result = samplers_run(four_samplers());
  const Analysis analysis = analyse(result);
  const auto picture = samplers_picture(cell_view(result, analysis, 0));
  ASSERT_TRUE(picture);
  EXPECT_NE(picture->wide.find("tail: 100.0 % [99.4, 100.0] of the errors in 12.2 % of the bytes"),
            std::string::npos)
      << picture->wide;
  EXPECT_NE(picture->wide.find("priority: 1.0 % [0.4, 2.2]"), std::string::npos);
  EXPECT_EQ(picture->wide.find("on@100%:"), std::string::npos) << "it is the corner";
  const RunResult other = sample_run(made_up_suite(3));
  EXPECT_FALSE(samplers_picture(cell_view(other, analyse(other), 0)));
}

TEST(Samplers, WhatIsDroppedOnPurposeHasNoPlaceInTheCostModel) {
  RunResult result = samplers_run(four_samplers());
  EXPECT_EQ(fit_cost_model(result, 0).blocks, 0) << "every arm says what it keeps";
}

TEST(Samplers, AreOfRunsWithSuchArmsAlone) {
  const auto page = find_report_format("samplers").value();
  const RunResult other = sample_run(made_up_suite(3));
  EXPECT_FALSE(page.files.front().is_wanted(other, analyse(other), {}));
  EXPECT_NE(rendered(other, "samplers").find("no arm that says what it keeps"), std::string::npos);
  const RunResult few = samplers_run(four_samplers(), 5);
  EXPECT_TRUE(page.files.front().is_wanted(few, analyse(few), {}));
  EXPECT_NE(samplers_text(few, 100).find("(5 of 5)"), std::string::npos);
}

}  // namespace
}  // namespace tracetax::testing
