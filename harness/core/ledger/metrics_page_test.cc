// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/metrics_page.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(MetricsPage, ReadsWhatACollectorWrites) {
  const MetricsPage page = read_metrics_page(
      "# HELP otelcol_receiver_accepted_spans_total Number of spans {spans}\r\n"
      "# TYPE otelcol_receiver_accepted_spans_total counter\n"
      "otelcol_receiver_accepted_spans_total{receiver=\"otlp\",transport=\"http\"} 1234\n"
      "# TYPE otelcol_exporter_queue_size gauge\n"
      "otelcol_exporter_queue_size{exporter=\"o\"} 7 1395066363000\n"
      "  plain   1e3  \n"
      "odd{text=\"a } b \\\" c\"} -2.5\n");
  EXPECT_EQ(
      page.values,
      (ServiceMetrics{
          {"otelcol_receiver_accepted_spans_total{receiver=\"otlp\",transport=\"http\"}", 1234},
          {"otelcol_exporter_queue_size{exporter=\"o\"}", 7},
          {"plain", 1000},
          {"odd{text=\"a } b \\\" c\"}", -2.5}}));
  EXPECT_EQ(page.gauges, (std::set<std::string>{"otelcol_exporter_queue_size"}));
}

TEST(MetricsPage, PassesOverWhatItCannotRead) {
  for (const char* text : {"", "\n\n", "name", "name{", "name{a=\"}\" 1", "name NaN", "name +Inf",
                           "name 1x", "{} ", "# TYPE", "<html>", "name one"})
    EXPECT_TRUE(read_metrics_page(text).values.empty()) << text;
}

TEST(MetricsPage, CountersAreToldAsTheirGrowth) {
  const MetricsPage before{{{"c{a=\"1\"}", 10}, {"g", 5}, {"anew", 9}}, {"g"}};
  const MetricsPage after{{{"c{a=\"1\"}", 25}, {"g", 4}, {"anew", 2}, {"first", 3}}, {"g"}};
  EXPECT_EQ(growth(before, after),
            (ServiceMetrics{{"c{a=\"1\"}", 15}, {"g", 4}, {"anew", 2}, {"first", 3}}));
}

}  // namespace
}  // namespace tracetax
