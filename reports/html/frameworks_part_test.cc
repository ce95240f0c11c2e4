// SPDX-License-Identifier: Apache-2.0
#include "reports/html/frameworks_part.h"

#include <gtest/gtest.h>

#include "reports/frameworks/frameworks_testing.h"
#include "reports/golden.h"

namespace tracetax {
namespace {

using testing::describe_made_up;
using testing::make_void;
using testing::paired_run;

/// Two pairs over HTTP, of which one emulation has too few blocks, and one over RPC.
RunResult three_pairs() {
  RunResult result = paired_run({{"gin", "http", 18, 5, 13, 0, 491},
                                 {"echo", "http", 20, 4, 12, 0, 470},
                                 {"grpc-go", "grpc", 22, 2.4, 5, 0, 234}},
                                1.5);
  for (SegmentRecord& segment : result.segments) {
    if (segment.spec.cell == 3 && segment.spec.block > 3)
      make_void(segment, VoidRule::driver_lag, "the driver was late in sending");
  }
  return result;
}

TEST(FrameworksPart, RealBesideEmulatedWithRanksAndBars) {
  const RunResult result = three_pairs();
  HtmlPage page("frameworks");
  write_frameworks_part(result, analyse(result), describe_made_up, page);
  const std::string html = std::move(page).finish();
  testing::expect_golden("frameworks-part.html", html);
  EXPECT_NE(html.find("too few blocks (4 of 8)"), std::string::npos);
  EXPECT_NE(html.find("emulated (real: 1.5 x)"), std::string::npos);
  EXPECT_NE(html.find("<i style=\"width:60px\">"), std::string::npos) << "the longest bar";
}

}  // namespace
}  // namespace tracetax
