// Contexts in and out of headers, in every format and in several at once. What a format looks like
// is context_formats_test.cc's business.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/propagation.h"

#include <gtest/gtest.h>

#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

constexpr const char* kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr const char* kOtherTrace = "11111111111111111111111111111111";
constexpr const char* kSpan = "00f067aa0ba902b7";
const std::string kTraceparent = std::string("00-") + kTrace + "-" + kSpan + "-01";
constexpr Propagators kAll{
    Propagator::trace_context, Propagator::baggage, Propagator::b3, Propagator::b3_multi,
    Propagator::jaeger,        Propagator::xray,    Propagator::ot, Propagator::grpc_binary};

TraceContext context(bool sampled = true) {
  return {*trace_id_from_hex(kTrace), *span_id_from_hex(kSpan),
          sampled ? kSampledFlag : std::uint8_t{0}};
}

std::string find(const HeaderList& headers, std::string_view name) {
  for (const AnswerHeader& header : headers) {
    if (header.name == name) return header.value;
  }
  return "(none)";
}

HeaderList injected(const Propagators& propagators, const TraceContext& context,
                    const Carried* carried = nullptr) {
  HeaderList out;
  inject_context(propagators, context, carried, out);
  return out;
}

Caller extracted(const Propagators& propagators, const HeaderList& headers) {
  ExchangeFixture f;
  for (const AnswerHeader& header : headers) f.headers.insert(header.name, header.value);
  return extract_context(propagators, ExchangeHeaders(f.exchange));
}

TEST(Propagation, EachFormatIsWrittenAsItsOwnersWriteIt) {
  const HeaderList out = injected(kAll, context());
  EXPECT_EQ(find(out, "traceparent"), kTraceparent);
  EXPECT_EQ(find(out, "tracestate"), "(none)");
  EXPECT_EQ(find(out, "b3"), std::string(kTrace) + "-" + kSpan + "-1");
  EXPECT_EQ(find(out, "x-b3-traceid"), kTrace);
  EXPECT_EQ(find(out, "x-b3-spanid"), kSpan);
  EXPECT_EQ(find(out, "x-b3-sampled"), "1");
  EXPECT_EQ(find(out, "uber-trace-id"), std::string(kTrace) + ":" + kSpan + ":0:1");
  EXPECT_EQ(find(out, "x-amzn-trace-id"),
            "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1");
  EXPECT_EQ(find(out, "ot-tracer-traceid"), "a3ce929d0e0e4736");
  EXPECT_EQ(find(out, "ot-tracer-spanid"), kSpan);
  EXPECT_EQ(find(out, "ot-tracer-sampled"), "true");
  EXPECT_EQ(find(out, "baggage"), "(none)");
  const std::string binary = find(out, "grpc-trace-bin");
  ASSERT_EQ(binary.size(), 29U);
  EXPECT_EQ(binary.substr(0, 3), std::string("\0\0\x4b", 3));
  EXPECT_EQ(binary[18], '\1');
  EXPECT_EQ(binary.substr(27), "\2\1");
}

// All but ottrace, which carries half of the trace id.
TEST(Propagation, EachFormatIsReadBackAlone) {
  for (const bool sampled : {true, false}) {
    for (const Propagator one : {Propagator::trace_context, Propagator::b3, Propagator::b3_multi,
                                 Propagator::jaeger, Propagator::xray, Propagator::grpc_binary}) {
      const HeaderList out = injected({one}, context(sampled));
      EXPECT_EQ(extracted({one}, out).context, context(sampled)) << describe({one});
      EXPECT_EQ(extracted({one}, out).carried, nullptr) << describe({one});
      EXPECT_EQ(extracted({Propagator::ot}, out).context, std::nullopt);
    }
  }
}

TEST(Propagation, WhatIsCarriedComesBackToo) {
  Carried carried{.trace_state = "vendor=1,other=2", .b3_debug = true, .jaeger_debug = true};
  parse_baggage("user=ann;p=%20,b=2", carried.baggage);
  const Propagators together{Propagator::b3, Propagator::jaeger, Propagator::baggage,
                             Propagator::trace_context};
  const Caller back = extracted(together, injected(together, context(), &carried));
  EXPECT_EQ(back.context, context());
  ASSERT_TRUE(back.carried);
  EXPECT_EQ(back.carried->trace_state, carried.trace_state);
  EXPECT_EQ(back.carried->baggage, carried.baggage);
  EXPECT_TRUE(back.carried->b3_debug && back.carried->jaeger_debug);
  EXPECT_FALSE(back.carried->b3_deferred);
}

TEST(Propagation, ADecisionThatIsLeftOpenStaysOpen) {
  const std::string header = std::string(kTrace) + "-" + kSpan;
  const Caller caller = extracted({Propagator::b3}, {{"b3", header}});
  ASSERT_TRUE(caller.carried);
  EXPECT_EQ(find(injected({Propagator::b3}, context(), caller.carried.get()), "b3"), header);
  const HeaderList multi = injected({Propagator::b3_multi}, context(), caller.carried.get());
  EXPECT_EQ(find(multi, "x-b3-sampled"), "(none)");
  EXPECT_EQ(multi.size(), 2U);
}

TEST(Propagation, BothFormsOfB3AreReadTheSingleOneFirst) {
  const HeaderList multi{
      {"X-B3-TraceId", kOtherTrace}, {"X-B3-SpanId", kSpan}, {"X-B3-Sampled", "1"}};
  HeaderList both = multi;
  both.push_back({"b3", std::string(kTrace) + "-" + kSpan + "-1"});
  HeaderList broken = multi;
  broken.push_back({"b3", "broken"});
  for (const Propagator one : {Propagator::b3, Propagator::b3_multi}) {
    EXPECT_EQ(to_hex(extracted({one}, multi).context->trace_id), kOtherTrace);
    EXPECT_EQ(to_hex(extracted({one}, broken).context->trace_id), kOtherTrace);
    EXPECT_EQ(to_hex(extracted({one}, both).context->trace_id), kTrace);
  }
  // "d" alone: debug, whatever the trace.
  const Caller debug = extracted({Propagator::b3}, {{"b3", "d"}});
  EXPECT_EQ(debug.context, std::nullopt);
  EXPECT_TRUE(debug.carried && debug.carried->b3_debug);
}

TEST(Propagation, OtTraceIdIsFilledUpWithZerosAndHasItsOwnBaggage) {
  const HeaderList headers{{"ot-tracer-traceid", "a3ce929d0e0e4736"},
                           {"ot-tracer-spanid", kSpan},
                           {"ot-tracer-sampled", "true"},
                           {"Ot-Baggage-User", "ann%20b"},
                           {"Ot-Baggage-Two", "1,x=2"}};
  const Caller found = extracted({Propagator::ot}, headers);
  ASSERT_TRUE(found.context);
  EXPECT_EQ(to_hex(found.context->trace_id), "0000000000000000a3ce929d0e0e4736");
  EXPECT_TRUE(found.context->sampled());
  ASSERT_TRUE(found.carried);
  EXPECT_EQ(found.carried->baggage, (Baggage{{"user", "ann b", {}}}));
  const HeaderList out = injected({Propagator::ot}, *found.context, found.carried.get());
  EXPECT_EQ(find(out, "ot-baggage-user"), "ann b");
}

TEST(Propagation, ALineBreakInBaggageGetsIntoNoHeader) {
  Carried carried;
  parse_baggage("a=%0d%0aEvil:%201,b=2", carried.baggage);
  for (const AnswerHeader& header :
       injected({Propagator::ot, Propagator::baggage}, context(), &carried)) {
    EXPECT_EQ(header.value.find_first_of("\r\n"), std::string::npos) << header.name;
  }
}

TEST(Propagation, TheLastFormatOfTheListWins) {
  const HeaderList headers{{"traceparent", kTraceparent},
                           {"tracestate", "vendor=1"},
                           {"b3", std::string(kOtherTrace) + "-" + kSpan + "-1"}};
  const Caller b3 = extracted({Propagator::trace_context, Propagator::b3}, headers);
  EXPECT_EQ(to_hex(b3.context->trace_id), kOtherTrace);
  EXPECT_EQ(b3.carried, nullptr);  // a tracestate goes with its traceparent
  const Caller w3c = extracted({Propagator::b3, Propagator::trace_context}, headers);
  EXPECT_EQ(to_hex(w3c.context->trace_id), kTrace);
  EXPECT_EQ(w3c.carried->trace_state, "vendor=1");
  // One that finds nothing changes nothing.
  EXPECT_EQ(extracted({Propagator::trace_context, Propagator::jaeger}, headers).context, context());
}

TEST(Propagation, FlagsAreThoseThatGoKnows) {
  const auto flags = [](const std::string& version, const std::string& text) {
    const auto found =
        extracted(kW3c, {{"traceparent", version + "-" + kTrace + "-" + kSpan + "-" + text}});
    return found.context ? int{found.context->flags} : -1;
  };
  EXPECT_EQ(flags("00", "03"), 3);
  EXPECT_EQ(flags("00", "04"), -1);
  EXPECT_EQ(flags("cc", "ff"), 3);
}

TEST(Propagation, ATracestateWithoutATraceparentIsNone) {
  EXPECT_EQ(extracted(kW3c, {{"tracestate", "vendor=1"}}).carried, nullptr);
  EXPECT_EQ(extracted(kW3c, {{"traceparent", kTraceparent}, {"tracestate", "Broken"}}).carried,
            nullptr);
}

TEST(Propagation, BaggageOfSeveralHeadersIsOneAndNeedsNoTrace) {
  const Caller caller = extracted(kW3c, {{"Baggage", "a=1"}, {"baggage", "b=2"}});
  ASSERT_TRUE(caller.carried);
  EXPECT_EQ(find(injected(kW3c, {}, caller.carried.get()), "baggage"), "a=1,b=2");
  const std::string half = "k=" + std::string(4094, 'v');
  EXPECT_TRUE(extracted(kW3c, {{"baggage", half}, {"baggage", half.substr(0, 4095)}}).carried);
  EXPECT_FALSE(extracted(kW3c, {{"baggage", half}, {"baggage", half}}).carried);
}

TEST(Propagation, WithoutFormatsNothingGoesInOrOut) {
  EXPECT_TRUE(injected({}, context()).empty());
  EXPECT_EQ(extracted({}, {{"traceparent", kTraceparent}}).context, std::nullopt);
}

TEST(Propagation, NamesMayHaveAPrefix) {
  ExchangeFixture f;
  f.headers.set("rpc-transit-traceparent", kTraceparent);
  f.headers.set("rpc-transit-baggage", "a=1");
  f.headers.set("baggage", "b=2");
  const Caller caller = extract_context(kW3c, ExchangeHeaders(f.exchange, "rpc-transit-"));
  EXPECT_EQ(caller.context, context());
  EXPECT_EQ(format_baggage(caller.carried->baggage), "a=1");
  EXPECT_EQ(extract_context(kW3c, ExchangeHeaders(f.exchange)).context, std::nullopt);
}

}  // namespace
}  // namespace tracetax
