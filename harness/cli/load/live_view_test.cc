// What a frame of the live view shows, and that it fits every screen.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/live_view.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "harness/core/text/wrap.h"

namespace tracetax {
namespace {

LoadOptions open_options() {
  LoadOptions options;
  options.url = "http://127.0.0.1:8080/users?id=7";
  options.closed = false;
  options.rate = 10'000;
  return options;
}

/// Two seconds: `errors` of them in the last.
LiveTotals two_seconds(std::uint64_t errors = 0) {
  LiveTotals totals;
  for (std::int64_t number = 1; number <= 20; ++number) {
    LoadTick tick(kLiveTicks.digits);
    tick.ok = 1000;
    for (int i = 1; i <= 1000; ++i) tick.response.record(100'000 + 100 * i);
    tick.response.record(30'000'000, number == 5 ? 3 : 0);
    tick.lag.record(9'000, 1000);
    for (std::uint64_t i = 0; number == 20 && i < errors; ++i)
      tick.errors.add({Ending::Kind::status, i % 4 == 0 ? 500U : 503U});
    totals.add(std::move(tick), number);
  }
  return totals;
}

std::vector<std::string> lines_of(const std::string& frame) {
  const std::string plain = std::regex_replace(frame, std::regex{"\x1b\\[[0-9;?]*[a-zA-Z]"}, "");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at <= plain.size();) {
    const std::size_t end = std::min(plain.find("\r\n", at), plain.size());
    lines.push_back(plain.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}

bool has(const std::vector<std::string>& lines, const std::string& pattern) {
  return std::ranges::any_of(
      lines, [&](const std::string& line) { return std::regex_search(line, std::regex{pattern}); });
}

TEST(LiveView, ShowsRateTimesLagErrorsAndProgress) {
  const auto lines = lines_of(live_frame(open_options(), two_seconds(8), {}));
  EXPECT_EQ(lines.at(0), "http://127.0.0.1:8080/users?id=7");
  EXPECT_EQ(lines.at(1), "open loop, 10 k/s constant");
  EXPECT_EQ(lines.at(2), "[##########" + std::string(40, ' ') + "] 2.0 s of 10 s");
  EXPECT_TRUE(has(lines, "^rate +10 k/s +10 k/s$"));
  EXPECT_TRUE(has(lines, "^p50 +150 us +150 us$"));
  EXPECT_TRUE(has(lines, "^max +200 us +30 ms$"));
  EXPECT_TRUE(has(lines, "^lag p99 +9.* us +9.* us$"));
  EXPECT_TRUE(has(lines, "^errors +8 +8$"));
  EXPECT_TRUE(has(lines, "^status_503 6, status_500 2$")) << "the most frequent first";
  EXPECT_TRUE(has(lines, "^response times so far$"));
  EXPECT_TRUE(has(lines, "^ > .* #")) << "what lies beyond p99.9 has a row";
  EXPECT_LE(lines.size(), 24U);
}

TEST(LiveView, AClosedLoopHasNoLag) {
  LoadOptions options = open_options();
  options.closed = true;
  options.count = 40'000;
  const auto lines = lines_of(live_frame(options, two_seconds(), {}));
  EXPECT_FALSE(has(lines, "^lag"));
  EXPECT_TRUE(has(lines, "20,000 of 40,000 requests$"));
}

TEST(LiveView, FitsEveryScreen) {
  LoadOptions options = open_options();
  options.url += std::string(300, 'x');
  const LiveTotals totals = two_seconds(8), empty;
  for (const std::size_t columns : {1U, 2U, 20U, 39U, 40U, 80U, 250U}) {
    for (const std::size_t rows : {1U, 5U, 14U, 16U, 24U, 100U}) {
      for (const bool utf8 : {false, true}) {
        for (const LiveTotals* each : {&totals, &empty}) {
          const auto lines = lines_of(
              live_frame(options, *each, {.columns = columns, .rows = rows, .utf8 = utf8}));
          EXPECT_LE(lines.size(), rows);
          for (const std::string& line : lines)
            EXPECT_LT(display_width(line), std::max<std::size_t>(columns, 2)) << line;
        }
      }
    }
  }
}

TEST(LiveView, At40ColumnsNothingOfTheTableIsCut) {
  const auto lines = lines_of(live_frame(open_options(), two_seconds(), {.columns = 40}));
  EXPECT_TRUE(has(lines, "^p99.9 +200 us +20. us$") || has(lines, "^p99.9 .* so far"));
  EXPECT_TRUE(has(lines, "last second +so far$"));
  EXPECT_TRUE(has(lines, "%$"));
}

TEST(LiveView, HasColorOnlyWhereItMay) {
  const std::string plain = live_frame(open_options(), two_seconds(8), {});
  EXPECT_EQ(plain.find("\x1b[31m"), std::string::npos);
  EXPECT_EQ(plain.find("\x1b[1m"), std::string::npos);
  EXPECT_NE(live_frame(open_options(), two_seconds(8), {.color = true}).find("\x1b[31m"),
            std::string::npos);
}

TEST(LiveLine, SaysTheSameInShort) {
  EXPECT_EQ(live_line(open_options(), two_seconds(8)),
            "  2.0 s of 10 s   10 k/s   errors 8   late 0");
}

}  // namespace
}  // namespace tracetax
