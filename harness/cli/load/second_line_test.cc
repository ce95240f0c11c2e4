// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/second_line.h"

#include <gtest/gtest.h>

#include "harness/core/suite/suite.h"

namespace tracetax {
namespace {

TEST(SecondLine, HoldsTheCountsAndTimesOfASecond) {
  LoadTick second(2);
  second.ok = 2000;
  second.late = 3;
  second.errors.add({Ending::Kind::status, 503});
  for (int i = 1; i <= 2000; ++i) second.response.record(1000 * i);
  second.lag.record(5000, 999);
  const std::string line = second_line(second, {3, 4});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const Json json = Json::parse(line);
  EXPECT_EQ(json["type"], "second");
  EXPECT_EQ(json["from_s"], 3);
  EXPECT_EQ(json["to_s"], 4);
  EXPECT_EQ(json["rate"], 2000);
  EXPECT_EQ(json["ok"], 2000);
  EXPECT_EQ(json["errors"], Json({{"status_503", 1}}));
  EXPECT_EQ(json["late"], 3);
  EXPECT_NEAR(json["response_ns"]["p50"].get<double>(), 1e6, 8e3);
  EXPECT_NEAR(json["response_ns"]["p99"].get<double>(), 1.98e6, 16e3);
  EXPECT_EQ(json["response_ns"]["max"], 2'000'000);
  EXPECT_TRUE(json["lag_p99_ns"].is_null()) << "fewer than ten beyond it";
}

TEST(SecondLine, OfNothingHasNoTimes) {
  const Json json = Json::parse(second_line(LoadTick(2), {0, 0}));
  EXPECT_TRUE(json["rate"].is_null());
  EXPECT_EQ(json["ok"], 0);
  EXPECT_TRUE(json["response_ns"]["max"].is_null());
}

TEST(SummaryLine, IsTheSummaryOnOneLine) {
  const std::string line =
      summary_line("{\n  \"schema\": \"tracetax/load\",\n  \"requests\": 5\n}\n");
  EXPECT_EQ(line, "{\"type\":\"summary\",\"schema\":\"tracetax/load\",\"requests\":5}\n");
}

}  // namespace
}  // namespace tracetax
