// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/context_format.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

const TraceContext kSampled =
    *parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
const TraceContext kUnsampled{kSampled.trace_id, kSampled.span_id, 0};

// As the documents of each format show them: openzipkin/b3-propagation, Jaeger's client libraries,
// AWS X-Ray's "tracing header".
TEST(ContextFormat, EachFieldIsWrittenAsItsSpecificationSays) {
  EXPECT_EQ(format_context(ContextField::traceparent, kSampled),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(format_context(ContextField::b3, kSampled),
            "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1");
  EXPECT_EQ(format_context(ContextField::b3, kUnsampled),
            "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0");
  EXPECT_EQ(format_context(ContextField::b3_trace_id, kSampled),
            "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(format_context(ContextField::b3_span_id, kSampled), "00f067aa0ba902b7");
  EXPECT_EQ(format_context(ContextField::b3_sampled, kSampled), "1");
  EXPECT_EQ(format_context(ContextField::b3_sampled, kUnsampled), "0");
  EXPECT_EQ(format_context(ContextField::uber_trace_id, kSampled),
            "4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:1");
  EXPECT_EQ(format_context(ContextField::uber_trace_id, kUnsampled),
            "4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:0");
  EXPECT_EQ(format_context(ContextField::amzn_trace_id, kSampled),
            "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1");
  EXPECT_EQ(format_context(ContextField::amzn_trace_id, kUnsampled),
            "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=0");
}

// What is written over the last request's value in place must leave the bytes beside it alone.
TEST(ContextFormat, EachFieldTakesTheSizeThatItSays) {
  for (const ContextField field : fields_of(*parse_context_list("w3c,b3,b3multi,jaeger,xray"))) {
    std::string text(size_of(field) + 2, '#');
    write_context(field, kSampled, text.data() + 1);
    EXPECT_EQ(text.front(), '#') << name_of(field);
    EXPECT_EQ(text.back(), '#') << name_of(field);
    EXPECT_EQ(text.find('#', 1), text.size() - 1) << name_of(field);
    EXPECT_EQ(text.find('\0'), std::string::npos) << name_of(field);
    EXPECT_LE(size_of(field), kLongestContext);
  }
}

TEST(ContextFormat, B3MultiIsThreeFields) {
  EXPECT_EQ(describe(*parse_context_list("b3multi")), "x-b3-traceid, x-b3-spanid, x-b3-sampled");
  EXPECT_EQ(describe(*parse_context_list("xray,w3c")), "X-Amzn-Trace-Id, traceparent");
  EXPECT_EQ(fields_of(ContextFormats{}).size(), 0U);
}

TEST(ContextFormat, NamesAreReadInTheirOrderAndAsOpenTelemetryHasThem) {
  using enum ContextFormat;
  EXPECT_EQ(*parse_context_list("jaeger,w3c"), (ContextFormats{jaeger, w3c}));
  EXPECT_EQ(*parse_context_list("tracecontext"), ContextFormats{w3c});
  EXPECT_EQ(propagators_of({w3c, b3, b3multi, jaeger, xray}),
            "tracecontext,b3,b3multi,jaeger,xray");
  EXPECT_EQ(propagators_of({}), "none");
}

TEST(ContextFormat, OtherNamesAreRefusedWithWhatIsRight) {
  const auto error = [](std::string_view list) { return parse_context_list(list).error(); };
  EXPECT_EQ(error("b3-multi").message,
            "unknown context format 'b3-multi'; did you mean 'b3multi'? known: w3c, b3, b3multi, "
            "jaeger, xray");
  EXPECT_EQ(error("b4").code, ExitCode::usage);
  EXPECT_NE(error("w3c,").message.find("unknown"), std::string::npos) << error("w3c,").message;
  EXPECT_NE(error("").message.find("names no format"), std::string::npos);
  EXPECT_EQ(error("b3,tracecontext,w3c").message, "w3c stands here twice");
}

TEST(ContextFormat, TellsWhichPropagatorsReadNothingOfIt) {
  using enum ContextFormat;
  EXPECT_TRUE(surely_unread({w3c}, "b3"));
  EXPECT_TRUE(surely_unread({b3, jaeger}, "tracecontext, baggage"));
  EXPECT_TRUE(surely_unread({xray}, "none"));
  EXPECT_FALSE(surely_unread({w3c}, "b3, tracecontext"));
  EXPECT_FALSE(surely_unread({b3multi}, "b3"));
  EXPECT_FALSE(surely_unread({b3}, "b3multi"));
  EXPECT_FALSE(surely_unread({w3c}, "my-own"));
  EXPECT_FALSE(surely_unread({w3c}, ""));
  EXPECT_EQ(formats_in("xray, baggage,tracecontext"), (ContextFormats{xray, w3c}));
  EXPECT_TRUE(formats_in("none").empty());
}

TEST(ContextFormat, KnowsTheHeadersThatCarryAContext) {
  for (const char* name :
       {"traceparent", "B3", "X-B3-TraceId", "x-b3-sampled", "Uber-Trace-Id", "x-amzn-trace-id"})
    EXPECT_TRUE(carries_context(name)) << name;
  for (const char* name : {"tracestate", "x-b3", "b3 ", "", "x-request-id"})
    EXPECT_FALSE(carries_context(name)) << name;
}

}  // namespace
}  // namespace tracetax
