// OTLP/JSON, spelled out: what the OTLP specification says of it, and nothing of what protobuf's
// own JSON would do.
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/otlp_json.h"

#include <gtest/gtest.h>

#include <limits>

#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {
namespace {

std::string json_of(const google::protobuf::Message& message) {
  std::string text;
  append_otlp_json(message, text);
  return text;
}

TEST(OtlpJson, IdsAreHexEnumsNumbersAndLongNumbersTexts) {
  otlp::Span span;
  span.set_trace_id(std::string("\x01\xff\0\x0a", 4));
  span.set_span_id("\x7f");
  span.set_name("GET /");
  span.set_kind(otlp::Span::SPAN_KIND_SERVER);
  span.set_start_time_unix_nano(1'700'000'000'000'000'001);
  span.set_dropped_attributes_count(3);
  span.mutable_status()->set_code(otlp::Status::STATUS_CODE_ERROR);
  span.set_flags(0x301);
  EXPECT_EQ(json_of(span),
            R"({"traceId":"01ff000a","spanId":"7f","name":"GET /","kind":2,)"
            R"("startTimeUnixNano":"1700000000000000001","droppedAttributesCount":3,)"
            R"("status":{"code":2},"flags":769})");
}

TEST(OtlpJson, EveryKindOfValue) {
  otlp::AnyValue list;
  auto add = [&] { return list.mutable_array_value()->add_values(); };
  add()->set_string_value("");
  add()->set_int_value(-7);
  add()->set_double_value(2.5);
  add()->set_double_value(std::numeric_limits<double>::infinity());
  add()->set_bool_value(false);
  add()->set_bytes_value("abcd");
  add()->mutable_kvlist_value()->add_values()->set_key("k");
  add();
  EXPECT_EQ(json_of(list),
            R"({"arrayValue":{"values":[{"stringValue":""},{"intValue":"-7"},{"doubleValue":2.5},)"
            R"({"doubleValue":"Infinity"},{"boolValue":false},{"bytesValue":"YWJjZA=="},)"
            R"({"kvlistValue":{"values":[{"key":"k"}]}},{}]}})");
}

TEST(OtlpJson, TextsAreEscapedAndMadeUtf8) {
  otlp::AnyValue value;
  value.set_string_value("a\"b\\c\n\xc3\xa4");
  EXPECT_EQ(json_of(value), "{\"stringValue\":\"a\\\"b\\\\c\\n\xc3\xa4\"}");
  value.set_string_value("bad \xff");
  EXPECT_EQ(json_of(value), "{\"stringValue\":\"bad \xef\xbf\xbd\"}");
}

TEST(OtlpJson, NothingIsAnEmptyObject) { EXPECT_EQ(json_of(otlp::Span()), "{}"); }

}  // namespace
}  // namespace tracetax
