// Receipts survive JSON, and what is no receipt is refused by name.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/receipt_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/receipt/quality_json.h"

namespace tracetax {
namespace {

Receipt every_field_set() {
  Receipt receipt;
  receipt.known = false;
  receipt.expected = 1;
  receipt.received = 2;
  receipt.traces_expected = 3;
  receipt.traces_received = 4;
  receipt.missing_traces = 5;
  receipt.unexpected_traces = 6;
  receipt.wrong_shape_traces = 7;
  receipt.broken_propagation = {{"back", 19}, {"", 20}};
  receipt.uncertain_spans = 18;
  receipt.duplicates = 8;
  receipt.orphans = 9;
  receipt.payloads = 10;
  receipt.bytes = 18446744073709551615U;
  receipt.batch_mean = 12.5;
  receipt.batch_max = 13;
  receipt.attributes_per_span = 13.5;
  receipt.events_per_span = 0.25;
  receipt.bytes_per_span = 491.75;
  receipt.export_delay_p50_ms = 14.25;
  receipt.export_delay_p99_ms = 14.75;
  receipt.export_delay_max_ms = 15.5;
  receipt.malformed_payloads = 16;
  receipt.refused_payloads = 17;
  receipt.refusals = {{"header authorization missing", 21}, {"unknown encoding br", 22}};
  receipt.rejected_spans = 23;
  receipt.other_signals = 24;
  receipt.recovery_ms = 250.5;
  receipt.quality = TraceQuality{.spans = 30,
                                 .traces = 31,
                                 .traces_sampled = 32,
                                 .traces_recalled = 33,
                                 .traces_whole = 34,
                                 .spans_sampled = 35,
                                 .spans_recalled = 36,
                                 .orphans = 37,
                                 .late_parents = 38,
                                 .many_roots = 39,
                                 .negative_durations = 40,
                                 .outside_parents = 41,
                                 .from_the_future = 42,
                                 .truncated = 43,
                                 .raw_path_names = 44,
                                 .client_errors_marked = 45,
                                 .old_conventions = 46,
                                 .raw_path_example = "GET /users/42",
                                 .old_convention_example = "http.url"};
  receipt.sink_failure = "died";
  return receipt;
}

TEST(ReceiptJson, KeysAreTheFieldNamesInOrder) {
  EXPECT_EQ(
      receipt_to_json(every_field_set()).dump(),
      R"({"known":false,"expected":1,"received":2,"traces_expected":3,"traces_received":4,)"
      R"("missing_traces":5,"unexpected_traces":6,"wrong_shape_traces":7,)"
      R"("broken_propagation":[{"service":"back","traces":19},{"service":"","traces":20}],"uncertain_spans":18,"duplicates":8,)"
      R"("orphans":9,"payloads":10,"bytes":18446744073709551615,"batch_mean":12.5,"batch_max":13,)"
      R"("attributes_per_span":13.5,"events_per_span":0.25,"bytes_per_span":491.75,)"
      R"("export_delay_p50_ms":14.25,"export_delay_p99_ms":14.75,"export_delay_max_ms":15.5,)"
      R"("malformed_payloads":16,)"
      R"("refused_payloads":17,"refusals":{"header authorization missing":21,)"
      R"("unknown encoding br":22},"rejected_spans":23,"other_signals":24,)"
      R"("recovery_ms":250.5,"quality":{"spans":30,"traces":31,"traces_sampled":32,)"
      R"("traces_recalled":33,"traces_whole":34,"spans_sampled":35,"spans_recalled":36,)"
      R"("orphans":37,"late_parents":38,"many_roots":39,"negative_durations":40,)"
      R"("outside_parents":41,"from_the_future":42,"truncated":43,"raw_path_names":44,)"
      R"("client_errors_marked":45,"old_conventions":46,"raw_path_example":"GET /users/42",)"
      R"("old_convention_example":"http.url"},"sink_failure":"died"})");
}

TEST(ReceiptJson, ReadsBackWhatItWrote) {
  const auto written = receipt_to_json(every_field_set());
  const auto read = receipt_from_json(nlohmann::ordered_json::parse(written.dump()));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(receipt_to_json(*read), written);
}

TEST(ReceiptJson, NotMeasuredIsNullAndStaysAbsent) {
  const auto written = receipt_to_json(Receipt{});
  EXPECT_TRUE(written.at("export_delay_p50_ms").is_null());
  EXPECT_TRUE(written.at("sink_failure").is_null());
  const auto read = receipt_from_json(written);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->export_delay_p50_ms, std::nullopt);
  EXPECT_EQ(read->attributes_per_span, std::nullopt);
  EXPECT_EQ(read->sink_failure, std::nullopt);
}

TEST(ReceiptJson, NamesEveryWrongKeyAtOnce) {
  auto json = receipt_to_json(every_field_set());
  json.erase("orphans");
  json["expected"] = -1;
  json["known"] = "yes";
  json["sink_failure"] = 3;
  const auto read = receipt_from_json(json);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().message,
            "receipt: \"known\" is not true or false\n"
            "receipt: \"expected\" is not a whole number of 0 or more\n"
            "receipt: \"orphans\" is not present\n"
            "receipt: \"sink_failure\" is not a text");
}

TEST(ReceiptJson, BrokenPropagationMayBeAbsentButNotWrong) {
  auto json = receipt_to_json(every_field_set());
  json.erase("broken_propagation");
  EXPECT_TRUE(receipt_from_json(json).value().broken_propagation.empty());
  for (const char* wrong :
       {"7", "[7]", R"([{"service":"x"}])", R"([{"service":"x","traces":-1}])"}) {
    json["broken_propagation"] = nlohmann::ordered_json::parse(wrong);
    const auto read = receipt_from_json(json);
    ASSERT_FALSE(read.has_value()) << wrong;
    EXPECT_EQ(read.error().message,
              "receipt: \"broken_propagation\" is not a list of {\"service\": a text, \"traces\": "
              "a whole number}");
  }
}

TEST(ReceiptJson, WhatOlderResultsLackMayBeAbsentButNotWrong) {
  auto json = receipt_to_json(every_field_set());
  for (const char* key : {"refusals", "rejected_spans", "other_signals", "recovery_ms"})
    json.erase(key);
  const auto read = receipt_from_json(json);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_TRUE(read->refusals.empty());
  json["refusals"] = nlohmann::ordered_json::parse(R"({"x":-1})");
  EXPECT_EQ(receipt_from_json(json).error().message,
            "receipt: \"refusals\" is not an object of whole numbers of 0 or more");
}

TEST(ReceiptJson, QualityOfNothingButWholeTracesIsShortAndMayBeAbsentButNotWrong) {
  Receipt receipt;
  EXPECT_FALSE(receipt_to_json(receipt).contains("quality"));
  receipt.quality = TraceQuality{.spans = 2, .traces = 1};
  auto json = receipt_to_json(receipt);
  EXPECT_EQ(json.at("quality").size(), 7U) << json;
  EXPECT_EQ(receipt_from_json(json).value().quality, receipt.quality);
  for (const char* wrong : {"7", "{}", R"({"spans":1})"}) {
    json["quality"] = nlohmann::ordered_json::parse(wrong);
    EXPECT_EQ(receipt_from_json(json).error().message,
              "receipt: \"quality\" is not an object with the counts of trace quality");
  }
  json["quality"] = quality_to_json(*receipt.quality);
  json["quality"]["orphans"] = -1;
  EXPECT_FALSE(receipt_from_json(json).has_value());
}

TEST(ReceiptJson, NoObjectIsNoReceipt) {
  EXPECT_FALSE(receipt_from_json(nlohmann::ordered_json::parse("[1]")).has_value());
}

TEST(ExpectedSpansJson, ReadsBackTheSameIds) {
  const ExpectedSpans expected{
      .phases =
          {{RequestIds(18446744073709551615U, SampleRate::make(1.0 / 3).value()), 90, {1, 2}, {}},
           {RequestIds(4, SampleRate::make(0).value()), 0, {}, {7}}},
      .spans_per_request = 2,
      .traces_per_request = 2};
  const auto written = expected_spans_to_json(expected);
  const auto read = expected_spans_from_json(nlohmann::ordered_json::parse(written.dump()));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(expected_spans_to_json(*read), written);
  EXPECT_EQ(read->phases.at(0).ids.at(5), expected.phases.at(0).ids.at(5));
  EXPECT_EQ(spans_due(*read), spans_due(expected));
  EXPECT_EQ(read->traces_per_request, 2);
}

TEST(ExpectedSpansJson, NamesWhatIsWrong) {
  const auto message_of = [](const char* text) {
    const auto read = expected_spans_from_json(nlohmann::ordered_json::parse(text));
    return read ? std::string("accepted") : read.error().message;
  };
  EXPECT_EQ(message_of("3"), "expected spans: \"spans_per_request\" is not in an object");
  EXPECT_EQ(message_of(R"({"spans_per_request":1})"), "expected spans: \"phases\" is not a list");
  EXPECT_EQ(message_of(R"({"spans_per_request":1,"phases":[{"seed":1,"rate":1,"requests":1,)"
                       R"("not_sent":[-1],"uncertain":[]}]})"),
            "expected spans: \"not_sent\" is not a list of whole numbers of 0 or more");
  EXPECT_NE(message_of(R"({"spans_per_request":1,"phases":[{"seed":1,"rate":7,"requests":1,)"
                       R"("not_sent":[],"uncertain":[]}]})"),
            "accepted");
}

}  // namespace
}  // namespace tracetax
