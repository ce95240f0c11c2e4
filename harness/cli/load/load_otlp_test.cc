// What `tracetax load` takes for OTLP, and what its summary says of spans.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_otlp.h"

#include <gtest/gtest.h>

#include "harness/cli/load/load_summary.h"

namespace tracetax {
namespace {

LoadOptions parse(std::vector<std::string> arguments) {
  std::string name = "load";
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  const auto options = parse_load_options(static_cast<int>(argv.size()), argv.data());
  EXPECT_TRUE(options) << options.error().message;
  return options && *options ? **options : LoadOptions{};
}

TEST(LoadOtlp, TheUrlSaysTheProtocol) {
  const LoadOptions grpc = parse({"otlp://127.0.0.1", "--compression", "gzip"});
  EXPECT_EQ(grpc.scenario.protocol, Protocol::grpc);
  EXPECT_EQ(grpc.target.endpoint, (Endpoint{"127.0.0.1", 4317}));
  EXPECT_EQ(grpc.streams, 1) << "one export at a time";
  EXPECT_EQ(grpc.scenario.exports->spans, 512);
  EXPECT_EQ(otlp_words(*grpc.otlp), "512 spans over gRPC, gzip");
  const LoadOptions http = parse({"otlp+https://c:1/in", "--protocol", "http/json", "--spans", "7",
                                  "--values", "50%", "--ca", "f", "-H", "a: b"});
  EXPECT_EQ(http.scenario.protocol, Protocol::http1);
  EXPECT_EQ(http.otlp->protocol, OtlpProtocol::http_json);
  EXPECT_EQ(http.otlp->path, "/in");
  EXPECT_EQ(http.otlp->shape.random, 0.5);
  EXPECT_EQ(http.scenario.tls->ca_file, "f");
  EXPECT_EQ(http.otlp->headers.at("a"), "b");
}

// 100 exports of 512 spans in 1 s, of which 10 were rejected; 20 ms of work, half of it for bodies.
LoadResult good_exports() {
  LoadResult result;
  result.due = result.sent = result.ok = 100;
  result.asked_rate = result.achieved_rate = 100;
  result.elapsed = std::chrono::seconds{1};
  result.cpu = std::chrono::milliseconds{30};
  result.cpu_spinning = std::chrono::milliseconds{10};
  OtlpAccount& account = result.otlp.emplace();
  account.spans_sent = 51'200;
  account.spans_accepted = 51'190;
  account.spans_rejected = 10;
  account.partial_successes = 1;
  account.retryable = {{"status_503", 2}};
  account.bytes_made = 25'600'000;
  account.bytes_packed = 2'560'000;
  account.bytes_sent = account.bytes_packed + 512'000;
  account.making_ns = 10'000'000;
  account.message = "too old";
  return result;
}

TEST(LoadOtlp, TheSummaryTellsOfSpans) {
  const LoadOptions options = parse({"otlp://h", "--rate", "100/s", "--compression", "gzip"});
  const std::string text = load_text(options, good_exports());
  for (const char* part :
       {"512 spans over gRPC, gzip otlp://h\n",
        "spans     51,190/s accepted: 51,190, and 10 rejected\n",
        "bytes     60 a span on the wire; gzip packs 10.0 to 1\n",
        "a span    391 ns CPU of the driver, 50 % of it to make bodies\n",
        "limit     the rate that was asked for; the driver worked 2 % of the time\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "is not in\n" << text;
  const Json json = Json::parse(load_json(options, good_exports()));
  const Json& otlp = json["otlp"];
  EXPECT_EQ(otlp["spans_accepted"], 51'190);
  EXPECT_DOUBLE_EQ(otlp["spans_per_s"], 51'190);
  EXPECT_DOUBLE_EQ(otlp["cpu_us_per_span"], 0.02 / 51'200 * 1e6);
  EXPECT_DOUBLE_EQ(otlp["compression_ratio"], 10);
  EXPECT_DOUBLE_EQ(otlp["bytes_per_span"], 60);
  EXPECT_DOUBLE_EQ(otlp["making_share"], 0.5);
  EXPECT_EQ(otlp["retryable"], (Json{{"status_503", 2}}));
  EXPECT_EQ(otlp["limit"], "rate");
  EXPECT_EQ(otlp["message"], "too old");
}

TEST(LoadOtlp, WhatTheReceiverSaidIsAWarning) {
  const LoadOptions options = parse({"otlp://h", "--rate", "100/s"});
  const auto warnings = load_warnings(options, good_exports());
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0],
            "the receiver rejected 10 spans in 1 answers (partial success): they are lost; it "
            "said: 'too old'");
  EXPECT_NE(warnings[1].find("2 exports got an answer after which an exporter would send again"),
            std::string::npos);
}

TEST(LoadOtlp, TheLimitIsWhoeverHadNoTimeLeft) {
  LoadOptions options = parse({"otlp://h", "-t", "2"});
  LoadResult result = good_exports();
  EXPECT_EQ(load_limit(options, result, 2), LoadLimit::receiver);
  result.cpu = std::chrono::milliseconds{1'700};
  EXPECT_EQ(load_limit(options, result, 2), LoadLimit::driver);
  result.cpu = std::chrono::milliseconds{1'000};
  EXPECT_EQ(load_limit(options, result, 2), LoadLimit::receiver);
  EXPECT_EQ(load_limit(options, result, 1), LoadLimit::driver) << "two threads on one CPU";
  options.closed = false;
  EXPECT_EQ(load_limit(options, result, 1), LoadLimit::rate);
  result.achieved_rate = 50;
  EXPECT_EQ(load_limit(options, result, 1), LoadLimit::driver);
}

}  // namespace
}  // namespace tracetax
