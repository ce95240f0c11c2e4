// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tail/tail_exporter.h"

#include <gtest/gtest.h>

#include "harness/run/sink/sink_doors_fixture.h"
#include "harness/run/sink/sink_fixture.h"

namespace tracetax {
namespace {

using sink_test::Recorder;
using sink_test::RunningDoors;

TailDestination at(int port) { return {.host = "127.0.0.1", .port = port}; }

TEST(TailExporter, SendsBatchesInTheirOrderAsTheyAre) {
  Recorder recorder;
  const RunningDoors doors({}, recorder);
  TailExporter exporter(at(doors.http_port()));
  const auto ids = sink_test::all_sampled();
  for (std::uint64_t k = 0; k < 20; ++k)
    exporter.send(sink_test::protobuf_payload(ids, k, k + 1), 1);
  exporter.finish();
  EXPECT_EQ(exporter.sent_spans(), 20U);
  EXPECT_EQ(exporter.failed_spans(), 0U);
  EXPECT_EQ(exporter.bytes_held(), 0U);
  const auto payloads = recorder.payloads();
  ASSERT_EQ(payloads.size(), 20U);
  for (std::uint64_t k = 0; k < 20; ++k)
    EXPECT_EQ(payloads[k].body, sink_test::protobuf_payload(ids, k, k + 1));
}

TEST(TailExporter, WhatIsRefusedForGoodHasFailedAtOnce) {
  Recorder recorder;
  recorder.verdict = {PayloadAnswer::malformed, "no"};
  const RunningDoors doors({}, recorder);
  TailExporter exporter(at(doors.http_port()));
  exporter.send("x", 3);
  exporter.finish();
  EXPECT_EQ(exporter.failed_spans(), 3U);
  EXPECT_EQ(recorder.payloads().size(), 1U);
}

TEST(TailExporter, WhoIsBusyIsAskedAgainUntilTheAttemptsAreUsedUp) {
  Recorder recorder;
  recorder.verdict = {PayloadAnswer::no_room, "later"};
  const RunningDoors doors({}, recorder);
  TailExporter exporter(at(doors.http_port()),
                        {.attempts = 3, .between = std::chrono::milliseconds{1}});
  exporter.send("x", 3);
  exporter.finish();
  EXPECT_EQ(exporter.failed_spans(), 3U);
  EXPECT_EQ(exporter.sent_spans(), 0U);
  EXPECT_EQ(recorder.payloads().size(), 3U);
}

TEST(TailExporter, NobodyThereIsCounted) {
  int port = 0;
  {
    Recorder recorder;
    port = RunningDoors({}, recorder).http_port();
  }
  TailExporter exporter(at(port), {.attempts = 2, .between = std::chrono::milliseconds{1}});
  exporter.send("x", 2);
  exporter.send("y", 5);
  exporter.finish();
  EXPECT_EQ(exporter.failed_spans(), 7U);
}

TEST(TailExporter, DestinationsAreBaseUrlsOrHaveAPath) {
  EXPECT_EQ(parse_tail_destination("http://127.0.0.1:4318").value().path, "/v1/traces");
  EXPECT_EQ(parse_tail_destination("http://127.0.0.1:4318/").value().port, 4318);
  EXPECT_EQ(parse_tail_destination("http://a:1/in").value().path, "/in");
  for (const char* text : {"127.0.0.1:4318", "https://a:1", "http://a", "http://:1"})
    EXPECT_FALSE(parse_tail_destination(text)) << text;
}

}  // namespace
}  // namespace tracetax
