// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/export_words.h"

#include <gtest/gtest.h>

#include <string>

namespace tracetax {
namespace {

TEST(ExportWords, TheLastComplaintOfEachSdkIsFound) {
  EXPECT_EQ(export_words(""), "");
  EXPECT_EQ(export_words("ready\nexporter otlp\n"), "");
  EXPECT_EQ(
      export_words("2026/12/01 10:00:00 traces export: Post \"http://127.0.0.1:9/v1/traces\": "
                   "dial tcp 127.0.0.1:9: connect: connection refused\nbye\n"),
      "2026/12/01 10:00:00 traces export: Post \"http://127.0.0.1:9/v1/traces\": dial tcp "
      "127.0.0.1:9: connect: connection refused");
  EXPECT_EQ(export_words("a\r\nFailed to export traces to localhost:4317, error code: "
                         "StatusCode.UNAVAILABLE\r\n"),
            "Failed to export traces to localhost:4317, error code: StatusCode.UNAVAILABLE");
  const std::string reset =
      "2026/12/01 07:22:51 traces export: Post \"http://127.0.0.1:9/v1/traces\": read tcp "
      "127.0.0.1:8->127.0.0.1:9: read: connection reset by peer";
  EXPECT_EQ(export_words(reset), reset);
  const char* ours =
      "tracetax-target: 5 of 5 spans not exported to http://127.0.0.1:9: status 503\n"
      "tracetax-target: 7 of 9 spans not exported to http://127.0.0.1:9: connection refused\n"
      "{\"tracetax_metrics\":{\"otel.sdk.exporter.span.exported\":{\"error.type\":\"timeout\"}}}\n"
      "{\"tracetax_spans\":{\"exported\":2,\"failed\":12}}\n";
  EXPECT_EQ(export_words(ours),
            "tracetax-target: 7 of 9 spans not exported to http://127.0.0.1:9: connection refused");
  EXPECT_LT(export_words("export failed: " + std::string(10'000, 'x')).size(), 300U);
}

}  // namespace
}  // namespace tracetax
