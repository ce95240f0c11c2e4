// SPDX-License-Identifier: Apache-2.0
#include "harness/core/sink/sink_reader.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

using namespace std::chrono_literals;
using Json = JsonSource::Json;

std::string mistakes_of(std::string_view text) {
  const auto faults = faults_from_json(Json::parse(text));
  return faults ? "" : faults.error().message;
}

TEST(SinkReader, FaultsAreReadAsTheyAreWritten) {
  SinkFaults faults;
  faults.delay = 20ms;
  faults.status = 503;
  faults.retry_after = 1s;
  faults.reject = *SampleRate::make(0.1);
  faults.restart_after = 5s;
  faults.closed_for = 1500ms;
  faults.fails_for = 3s;
  const auto again = faults_from_json(faults_to_json(faults));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, faults);
  EXPECT_EQ(faults_to_json({}), Json::object());
  for (const char* text : {R"({"reset": true})", R"({"black_hole": true})"}) {
    EXPECT_EQ(faults_to_json(*faults_from_json(Json::parse(text))), Json::parse(text));
  }
}

TEST(SinkReader, MistakesSayWhatWouldBeRight) {
  EXPECT_TRUE(mistakes_of(R"({"dely": "1ms"})")
                  .starts_with("dely: unknown key 'dely'; did you mean 'delay'?"));
  EXPECT_NE(mistakes_of(R"({"status": 200})").find("status: "), std::string::npos);
  EXPECT_EQ(mistakes_of(R"({"status": 503, "retry_after": "1500ms"})"),
            "retry_after: does not fit HTTP, which tells whole seconds, such as 2s");
  EXPECT_EQ(mistakes_of(R"({"retry_after": "1s"})"), "retry_after: does not fit without status");
  EXPECT_EQ(mistakes_of(R"({"closed_for": "1s"})"),
            "closed_for: does not fit without restart_after");
  EXPECT_EQ(
      mistakes_of(R"({"restart_after": "1s", "fails_for": "1s"})"),
      "fails_for: does not fit without a fault that it could end: delay, status, reject, reset "
      "or black_hole");
  EXPECT_EQ(mistakes_of(R"({"status": 503, "reset": true})"),
            "reset: does not fit status: a request gets one answer");
}

TEST(SinkReader, AnArmHasTheFaultsOfTheSuiteOrItsOwn) {
  Mistakes mistakes{std::string{}};
  SinkSpec base;
  base.faults.status = 503;
  base.required_headers = {{"authorization", "x"}};
  const Json nothing = Json::object(), own = Json::parse(R"({"delay": "1ms"})"),
             headers = Json::parse(R"({"require_headers": {"X-Key": "k"}})");
  JsonFields no_fields(nothing, "", mistakes), own_fields(own, "", mistakes),
      header_fields(headers, "", mistakes);
  EXPECT_EQ(read_sink_spec(no_fields, base), base);
  const SinkSpec slow = read_sink_spec(own_fields, base);
  EXPECT_EQ(slow.faults.status, 0);
  EXPECT_EQ(slow.faults.delay, 1ms);
  EXPECT_EQ(slow.required_headers, base.required_headers);
  const SinkSpec keyed = read_sink_spec(header_fields, base);
  EXPECT_EQ(keyed.required_headers, (std::map<std::string, std::string>{{"x-key", "k"}}));
  EXPECT_EQ(keyed.faults, base.faults);
  EXPECT_TRUE(mistakes.empty());
}

TEST(SinkFaults, EndWhereTheLastOfThemEnds) {
  SinkFaults faults;
  faults.status = 503;
  EXPECT_EQ(faults.end(), std::nullopt);
  faults.fails_for = 2s;
  EXPECT_EQ(faults.end(), Nanos{2s});
  faults.restart_after = 3s;
  EXPECT_EQ(faults.end(), Nanos{4s});
  faults.fails_for.reset();
  EXPECT_EQ(faults.end(), std::nullopt);
  faults.status = 0;
  EXPECT_EQ(faults.end(), Nanos{4s});
  EXPECT_EQ(SinkFaults{}.end(), std::nullopt);
}

}  // namespace
}  // namespace tracetax
