// SPDX-License-Identifier: Apache-2.0
#include "harness/core/trace_findings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(TraceFindings, WholeTracesSayNothing) {
  EXPECT_TRUE(trace_findings({.spans = 9, .traces = 3, .traces_whole = 3}, "on").empty());
  // Lost spans are told by the receipt.
  EXPECT_TRUE(
      trace_findings({.spans = 9, .traces = 3, .traces_sampled = 7, .orphans = 2}, "on").empty());
}

TEST(TraceFindings, EachFaultHasItsOwnLineWithARemedy) {
  const TraceQuality all{.spans = 9,
                         .traces = 3,
                         .late_parents = 9,
                         .many_roots = 1,
                         .negative_durations = 1,
                         .from_the_future = 2,
                         .truncated = 3,
                         .raw_path_names = 4,
                         .client_errors_marked = 5,
                         .old_conventions = 6,
                         .raw_path_example = "GET /users/42",
                         .old_convention_example = "http.method"};
  std::vector<std::string> checks;
  for (const CheckLine& line : trace_findings(all, "on@1%")) {
    checks.push_back(fmt::format("{} {}", name_of(line.word), line.check));
    EXPECT_EQ(line.arm, "on@1%");
    EXPECT_FALSE(line.remedy.empty()) << line.check;
  }
  EXPECT_EQ(checks,
            (std::vector<std::string>{"warning late parents", "warning one root", "warning clocks",
                                      "warning whole spans", "note span names",
                                      "note status of 4xx", "note attribute names"}));
  EXPECT_EQ(trace_findings({.spans = 9, .late_parents = 9}, "").at(0).seen,
            "all 9 spans began after their parent had ended: what should stand side by side hangs "
            "below what is over, and the parent's time lacks it");
  EXPECT_EQ(
      trace_findings({.spans = 9, .negative_durations = 1, .from_the_future = 2}, "").at(0).seen,
      "spans with times that cannot be: 1 that end before they begin, 2 that begin after "
      "they had arrived");
}

TEST(TraceFindings, OldNamesAreToldWithTodays) {
  const auto line = [](std::string_view example) {
    return trace_findings(
               {.spans = 9, .old_conventions = 6, .old_convention_example = std::string(example)},
               "")
        .at(0);
  };
  EXPECT_EQ(line("http.method").remedy,
            "in place of http.method today: http.request.method; some instrumentations have them "
            "with OTEL_SEMCONV_STABILITY_OPT_IN=http");
  EXPECT_EQ(line("http.method").seen.find("release candidate"), std::string::npos);
  EXPECT_NE(line("rpc.system").seen.find("release candidate"), std::string::npos);
  EXPECT_NE(line("of.tomorrow").remedy.find("today's names"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
