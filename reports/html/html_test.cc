// Pages and their pictures: the same bytes, nothing from elsewhere, whatever the record holds; and
// the record that comes back out of them.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <regex>

#include "reports/golden.h"
#include "reports/judged_testing.h"
#include "reports/pictures/pictures.h"
#include "reports/record/embedded_record.h"

namespace tracetax {
namespace {

using testing::expect_golden;
using testing::rendered;
using testing::sample_run;
using testing::test_suite;

constexpr std::string_view kRecord = "<script type=\"application/gzip;base64\"";

/// Its bytes depend on the version of zlib.
std::string without_record(std::string page) {
  const auto begin = page.find(kRecord);
  if (begin != std::string::npos) page.erase(begin, page.find("</script>", begin) - begin);
  return page;
}

/// Segments begin 5 s apart, with ticks of 0.5 s.
void give_times(RunResult& result) {
  int number = 0;
  for (SegmentRecord& segment : result.segments) {
    const int at = 5 * number++;
    segment.started_at = fmt::format("2025-11-20T18:{:02}:{:02}.000Z", at / 60 % 60, at % 60);
    segment.core = CoreSpeed{.mean_ns = 12'000 + 10.0 * number, .fastest_ns = 11'900, .probes = 50};
    segment.series.tick_s = 0.5;
    for (int tick = 0; tick < 6; ++tick) {
      segment.series.ticks.push_back({.at_s = 0.5 * tick,
                                      .requests = 1'600,
                                      .lag_p99_ns = 20'000.0 + 100 * ((number * 7 + tick) % 13),
                                      .cpu_ns = 33'000'000 + 100'000 * static_cast<unsigned>(tick),
                                      .steal_pct = number == 9 && tick == 2 ? 12 : 0.5,
                                      .rss_bytes = {},
                                      .core_ns = 12'000.0 + 100 * tick});
    }
  }
}

/// Something for every picture of one cell, judged, with losses.
RunResult rich_run() {
  Suite suite = test_suite(10);
  suite.gate = testing::test_gate({4, std::nullopt});
  RunResult result = sample_run(suite, [](SegmentRecord& segment) {
    const bool traced = segment.arm.starts_with("on");
    if (traced) {
      segment.receipt.export_delay_p50_ms = 480;
      segment.receipt.export_delay_p99_ms = 950;
      segment.receipt.export_delay_max_ms = 1'020;
      segment.receipt.payloads = 6;
      segment.receipt.batch_mean = 300;
      segment.receipt.batch_max = 512;
      segment.self_counts = SelfCounts{.started = segment.receipt.expected,
                                       .sampled = segment.receipt.expected,
                                       .ended = segment.receipt.expected,
                                       .exported = segment.receipt.expected};
    }
    segment.lag_limit_ns = 50'000;
    segment.times.lag.record(90'000, 40);
    if (segment.spec.block == 3 && segment.arm == "on@100%") {
      testing::make_void(segment, VoidRule::receipt_open, "12 traces of 10,000 are missing");
      segment.receipt.missing_traces = 12;
      segment.receipt.received -= 12;
      segment.self_counts->dropped = 12;
      segment.self_counts->exported -= 12;
    }
  });
  result.gate = suite.gate;
  result.gate->arms = {"on@10%"};
  give_times(result);
  return result;
}

/// Two targets at two loads each.
RunResult cells_run() {
  Suite suite = test_suite(6);
  suite.targets.push_back(suite.targets[0]);
  suite.targets[1].name = "echo";
  suite.load.levels = {CapacityShare{0.2}, CapacityShare{0.6}};
  RunResult result = sample_run(suite);
  const auto segments = result.segments;
  const auto planned = result.plan.segments;
  for (const auto& [cell, where] :
       {std::pair{1, Cell{0, 0, 1}}, {2, Cell{1, 0, 0}}, {3, Cell{1, 0, 1}}}) {
    result.plan.cells.push_back(where);
    result.cell_rates.push_back(2'000.0 * (cell + 1));
    result.cell_capacities.push_back(30'000);
    for (SegmentSpec spec : planned) {
      spec.cell = cell;
      result.plan.segments.push_back(spec);
    }
    for (SegmentRecord segment : segments) {
      segment.spec.cell = cell;
      result.segments.push_back(std::move(segment));
    }
  }
  give_times(result);
  return result;
}

RunResult ladder_run() {
  Suite suite = test_suite(8);
  suite.reference = std::string(kPreviousArm);
  return sample_run(suite);
}

std::string wide_ones(const std::vector<Picture>& pictures) {
  std::string all;
  for (const Picture& picture : pictures)
    all += fmt::format("<!-- {} -->\n{}", picture.words.id, picture.wide);
  return all;
}

std::vector<std::string> ids_of(const std::vector<Picture>& pictures) {
  std::vector<std::string> ids;
  for (const Picture& picture : pictures) ids.push_back(picture.words.id);
  return ids;
}

void expect_sound(const std::string& page) {
  EXPECT_LT(page.size(), 1'000'000U);
  const std::string text = without_record(page);
  const std::regex no_number("[^a-z](nan|inf)[^a-z]");
  std::smatch found;
  EXPECT_FALSE(std::regex_search(text, found, no_number)) << found.prefix().str().substr(0, 200);
  const std::regex from_elsewhere("(src|href|action|data)=\"(?!data:,)|url\\(|@import");
  EXPECT_FALSE(std::regex_search(text, found, from_elsewhere)) << found.str();
}

TEST(Html, APageIsTheSameBytes) {
  const std::string page = rendered(rich_run(), "html");
  expect_sound(page);
  expect_golden("page.html", without_record(page));
}

TEST(Html, ARichRunHasEveryPictureOfACell) {
  const RunResult result = rich_run();
  const Analysis analysis = analyse(result);
  EXPECT_EQ(ids_of(pictures_of_cell(cell_view(result, analysis, 0))),
            (std::vector<std::string>{"forest", "change", "cost", "response", "blocks", "spans",
                                      "delay", "batches"}));
}

TEST(Html, PicturesOfCellsAndOfALadderAreTheSameBytes) {
  const RunResult cells = cells_run(), ladder = ladder_run();
  const Analysis analysis = analyse(cells), steps = analyse(ladder);
  const std::vector<Picture> of_run = pictures_of_run(cells, analysis);
  EXPECT_EQ(ids_of(of_run), (std::vector<std::string>{"cells", "stacked", "load"}));
  const auto picture = steps_picture(cell_view(ladder, steps, 0));
  ASSERT_TRUE(picture);
  expect_golden("pictures.svg.txt", wide_ones(of_run) + wide_ones({*picture}));
  expect_sound(rendered(cells, "html"));
}

TEST(Html, PagesGiveTheirRecordBack) {
  for (const RunResult& result : {rich_run(), cells_run(), testing::run_with_base()}) {
    const auto read = read_result_json(rendered(result, "html"), "report.html");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(rendered(*read, "json") == rendered(result, "json"));
    EXPECT_TRUE(rendered(*read, "html") == rendered(result, "html"));
  }
}

TEST(Html, ARecordThatIsTooLargeIsNotCarried) {
  Suite suite = test_suite(60);
  std::uint64_t random = 1;
  const RunResult result = sample_run(suite, [&](SegmentRecord& segment) {
    for (int i = 0; i < 6'000; ++i) {
      random = random * 6364136223846793005U + 1442695040888963407U;
      segment.times.response_sampled.record(static_cast<std::int64_t>(random >> 38U), 1);
      segment.times.service_sampled.record(static_cast<std::int64_t>(random >> 39U), 1);
    }
  });
  ASSERT_GT(rendered(result, "json").size(), 1'500'000U);
  const std::string page = rendered(result, "html");
  expect_sound(page);
  EXPECT_EQ(page.find(kRecord), std::string::npos);
  EXPECT_NE(page.find("too large to be carried in this page"), std::string::npos);
  const auto read = read_result_json(page, "report.html");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ExitCode::baseline);
  EXPECT_NE(read.error().message.find("give the result.json"), std::string::npos);
}

TEST(Html, DamagedRecordsAreRefused) {
  std::string page = rendered(sample_run(test_suite(6)), "html");
  const auto at = page.find(kRecord) + 200;
  for (const std::string& damaged : {page.substr(0, at), page.substr(0, at) + "!" + page.substr(at),
                                     page.substr(0, at) + "AAAA" + page.substr(at + 4)}) {
    const auto read = read_result_json(damaged, "report.html");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ExitCode::baseline);
  }
  // A page in a page is no way to make the reader go round for ever.
  const auto nested = read_result_json(embedded_record(page), "report.html");
  ASSERT_FALSE(nested);
}

TEST(Html, NothingOfARecordIsMarkup) {
  const std::string evil = "</script><script>alert('\"&\xff\x1b)</script><img src=x onerror=a()>";
  RunResult result = rich_run();
  result.suite.name = result.suite.targets[0].name = result.suite.scenarios[0].name = evil;
  result.suite.arms[3].name = evil;
  result.gate->arms = {evil};
  result.argv = {"tracetax", evil};
  result.machine.cpu_model = result.machine.os = evil;
  result.warnings = {evil};
  for (SegmentRecord& segment : result.segments) {
    segment.arm = result.suite.arms[static_cast<std::size_t>(segment.spec.arm)].name;
    for (VoidReason& reason : segment.voids) reason.detail = evil;
    segment.services = {{evil, ServiceRole::subject, 1, 1}, {"b", ServiceRole::companion, 1, 1}};
    segment.receipt.broken_propagation = {{evil, 5}};
  }
  const std::string page = rendered(result, "html");
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find('\xff'), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  expect_sound(page);
  EXPECT_TRUE(record_in_page(page, "report.html"));  // its names are refused when it is read
}

TEST(Html, LittleOrNothingMeasuredIsAPageAllTheSame) {
  RunResult nothing = rich_run(), one_block = rich_run(), all_void = rich_run(), bare = rich_run();
  nothing.segments.clear();
  one_block.segments.resize(5);
  for (SegmentRecord& segment : all_void.segments)
    testing::make_void(segment, VoidRule::target_failed, "it did not start");
  for (SegmentRecord& segment : bare.segments) {
    segment.usage.reset();
    segment.times = {};
    segment.requests = segment.sent = 0;
    segment.duration_s = 0;
    segment.series = {};
    segment.core.reset();
    segment.receipt = {};
    segment.started_at.clear();
  }
  bare.cell_rates.clear();
  bare.cell_capacities.clear();
  RunResult one_segment = nothing;
  one_segment.segments = {one_block.segments.front()};
  for (const RunResult& result : {nothing, one_block, all_void, bare, one_segment}) {
    const std::string page = rendered(result, "html");
    expect_sound(page);
    EXPECT_NE(page.find("<h1>"), std::string::npos);
    EXPECT_EQ(page.find("<svg class=\"chart wide\" viewBox=\"0 0 720 0\""), std::string::npos);
  }
}

TEST(Html, VerdictsStandFirst) {
  for (const auto& [result, word] : {std::pair{testing::passing_run(), "PASS"},
                                     {testing::failing_run(), "FAIL"},
                                     {testing::inconclusive_run(), "INCONCLUSIVE"},
                                     {testing::invalid_run(), "INVALID"}}) {
    const std::string page = rendered(result, "html");
    const auto at = page.find(fmt::format("<strong>{}</strong>", word));
    EXPECT_LT(at, page.find("<svg")) << word;
    expect_sound(page);
  }
}

TEST(Html, OnePictureAloneByItsName) {
  const RunResult result = rich_run();
  const std::string svg = rendered(result, "svg", {.choices = {{"figure", "cost"}}});
  EXPECT_TRUE(svg.starts_with("<svg class=\"chart wide\""));
  EXPECT_NE(svg.find("<style>"), std::string::npos);
  EXPECT_NE(rendered(result, "svg", {.choices = {{"figure", "x"}}}).find("no picture"),
            std::string::npos);
}

}  // namespace
}  // namespace tracetax
