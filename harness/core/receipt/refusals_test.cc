// What a sink refused: counted within bounds, told in one sentence, and judged.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/refusals.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/core/receipt/receipt.h"

namespace tracetax {
namespace {

using RefusedBy = std::map<std::string, std::uint64_t>;

TEST(Refusals, WhatMayHaveBeenTracesVoidsAndStrayOnesDoNot) {
  for (const char* voids :
       {"unknown encoding br", "content type text/plain", "header authorization missing",
        "too large", "broken request", "connection limit", "TLS handshake: the client ended it",
        "TLS on a plain port", "gRPC on the HTTP port", "a reason of tomorrow"}) {
    EXPECT_TRUE(refusal_kind(voids).voids) << voids;
  }
  for (const char* stray : {"path /", "method GET", "not HTTP", "fault: status 503",
                            "other signal: header authorization missing"}) {
    EXPECT_FALSE(refusal_kind(stray).voids) << stray;
  }
}

TEST(Refusals, AReceiptWithThemNamesReasonAndRemedy) {
  Receipt receipt;
  receipt.refusals = {{"path /x", 2}, {"method GET", 1}};
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  receipt.refusals["unknown encoding br"] = 3;
  EXPECT_EQ(receipt.reason(),
            "the sink refused 1 x method GET, 2 x path /x, 3 x unknown encoding br "
            "(see: traces go to /v1/traces, which OTEL_EXPORTER_OTLP_ENDPOINT must not name; "
            "OTEL_EXPORTER_OTLP_COMPRESSION may be none, gzip, deflate, zstd or snappy)");
}

/// A stray request says why spans are missing, once some are.
TEST(Refusals, StrayOnesAreToldWhereSpansAreMissing) {
  Receipt receipt;
  receipt.refusals = {{"path /v1/traces/v1/traces", 7}};
  receipt.expected = receipt.traces_expected = receipt.missing_traces = 7;
  EXPECT_NE(receipt.reason().find("the sink refused 7 x path /v1/traces/v1/traces (see: "),
            std::string::npos)
      << receipt.reason();
}

TEST(Refusals, ASentenceHoldsOnlySoMany) {
  RefusedBy refusals;
  for (char c = 'a'; c < 'k'; ++c) refusals[std::string("path /") + c] = 2;
  EXPECT_EQ(refusals_text(refusals),
            "2 x path /a, 2 x path /b, 2 x path /c, 2 x path /d, 2 x path /e, 2 x path /f, "
            "8 x for more reasons");
  EXPECT_EQ(refusals_text({}), "");
}

TEST(RefusalCounts, PeersChooseWordsWithinBounds) {
  RefusalCounts counts;
  for (int i = 0; i < 100; ++i) counts.add(fmt::format("path /{}", i));
  counts.add("path /1");
  counts.add("path " + std::string(5000, 'x'));
  EXPECT_EQ(counts.total(), 102U);
  EXPECT_EQ(counts.by_reason().size(), 33U);
  EXPECT_EQ(counts.by_reason().at("other reasons"), 69U);
  EXPECT_EQ(counts.by_reason().at("path /1"), 2U);
  RefusalCounts longest;
  longest.add(std::string(5000, 'x'));
  EXPECT_EQ(longest.by_reason().begin()->first.size(), 80U);
}

}  // namespace
}  // namespace tracetax
