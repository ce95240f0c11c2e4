// The counts of a sink by itself, below and above the number of ids that it keeps.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/alone/sink_totals.h"

#include <gtest/gtest.h>

#include "harness/run/sink/sink_fixture.h"

namespace tracetax {
namespace {

using namespace sink_test;

TEST(SinkTotals, CountsSpansTracesAndBytes) {
  SinkTotals totals(1000, 100);
  const std::string payload = protobuf_payload(all_sampled(), 0, 3);
  EXPECT_EQ(totals.receive({payload}).answer, PayloadAnswer::accepted);
  EXPECT_EQ(totals.counts().spans, 3U);
  EXPECT_EQ(totals.counts().traces, 3U);
  EXPECT_EQ(totals.counts().payloads, 1U);
  EXPECT_EQ(totals.counts().bytes, payload.size());
  EXPECT_EQ(totals.without_parent_here(), 3U);
}

TEST(SinkTotals, CountsRepeatedSpansApart) {
  SinkTotals totals(1000, 100);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(totals.receive({protobuf_payload(all_sampled(), 0, 3)}).answer,
              PayloadAnswer::accepted);
  }
  EXPECT_EQ(totals.counts().spans, 3U);
  EXPECT_EQ(totals.counts().duplicates, 3U);
}

constexpr std::string_view kChild =
    R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001",
    "spanId":"0000000000000002","parentSpanId":"0000000000000001"}]}]}]})";
constexpr std::string_view kParent =
    R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001",
    "spanId":"0000000000000001"}]}]}]})";

TEST(SinkTotals, AParentMayComeBeforeOrAfterItsChild) {
  SinkTotals after(1000, 100), before(1000, 100);
  const auto give = [](SinkTotals& totals, std::string_view json) {
    EXPECT_EQ(
        totals.receive({std::string(json), OtlpFormat::json, OtlpEncoding::identity, 1}).answer,
        PayloadAnswer::accepted);
  };
  give(after, kChild);
  EXPECT_EQ(after.without_parent_here(), 1U);
  give(after, kParent);
  EXPECT_EQ(after.without_parent_here(), 0U);
  give(before, kParent);
  give(before, kChild);
  EXPECT_EQ(before.without_parent_here(), 0U);
  EXPECT_EQ(before.counts().traces, 1U);
}

TEST(SinkTotals, SaysWhyAPayloadIsMalformed) {
  SinkTotals totals(1000, 100);
  const PayloadVerdict verdict = totals.receive({"{", OtlpFormat::json, OtlpEncoding::identity, 1});
  EXPECT_EQ(verdict.answer, PayloadAnswer::malformed);
  EXPECT_NE(verdict.message.find("JSON"), std::string::npos);
  EXPECT_EQ(totals.counts().malformed, 1U);
  EXPECT_EQ(totals.counts().payloads, 0U);
}

TEST(SinkTotals, SaysWhichCountsAreBounds) {
  SinkTotals totals(1000, 5);
  EXPECT_EQ(totals.receive({protobuf_payload(all_sampled(), 0, 5)}).answer,
            PayloadAnswer::accepted);
  EXPECT_EQ(totals.totals_text().find("or more"), std::string::npos);
  EXPECT_EQ(totals.receive({protobuf_payload(all_sampled(), 5, 8)}).answer,
            PayloadAnswer::accepted);
  EXPECT_EQ(totals.counts().spans, 8U);
  EXPECT_EQ(totals.totals_text(),
            "total\n"
            "  spans                            8 (later duplicates among them)\n"
            "  traces                           5 or more\n"
            "  payloads                         2\n"
            "  bytes                          " +
                fmt::format("{:>3}", totals.counts().bytes) +
                "\n"
                "  spans per payload              4.0\n"
                "  duplicates                       0 or more\n"
                "  without parent here              5 (of the first 5 spans)\n"
                "  malformed payloads               0\n"
                "  refused payloads                 0\n"
                "  other signals                    0\n");
}

TEST(SinkTotals, TellsRefusalsByReasonAndWhatToDo) {
  SinkTotals totals(1000, 5);
  totals.no_room();
  for (int i = 0; i < 3; ++i) totals.refused("unknown encoding br");
  totals.refused("method GET");
  totals.other_signal();
  const std::string text = totals.totals_text();
  EXPECT_NE(text.find("  refused payloads                 5\n"
                      "    1 x no room\n"
                      "    1 x method GET\n"
                      "    3 x unknown encoding br\n"
                      "    see: OTEL_EXPORTER_OTLP_COMPRESSION may be none, gzip, deflate, zstd or "
                      "snappy\n"
                      "  other signals                    1\n"),
            std::string::npos)
      << text;
  const SinkCounts before = totals.counts();
  totals.refused("unknown encoding br");
  totals.refused("too large");
  totals.other_signal();
  const std::string line = second_line(1, before, totals.counts());
  EXPECT_NE(line.find("  1 other signals  1 refused: too large  1 refused: unknown encoding br\n"),
            std::string::npos)
      << line;
}

TEST(SinkTotals, ASecondsLineHoldsTheDifference) {
  const SinkCounts before{.spans = 100, .traces = 50, .payloads = 2, .bytes = 1000};
  const SinkCounts after{
      .spans = 1120, .traces = 60, .payloads = 4, .bytes = 3048, .duplicates = 4, .malformed = 1};
  EXPECT_EQ(
      second_line(7, before, after),
      "    7 s      1024 spans/s        10 traces      2 payloads      2 KiB    512.0 spans/payload"
      "  1 malformed\n");
}

}  // namespace
}  // namespace tracetax
