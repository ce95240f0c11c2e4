// Contexts in and out of headers, each format against its own published example.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/propagation.h"

#include <gtest/gtest.h>

#include "targets/request/exchange_fixture.h"

namespace tracetax {
namespace {

constexpr const char* kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr const char* kSpan = "00f067aa0ba902b7";
constexpr Propagators kAll{Propagator::trace_context, Propagator::baggage, Propagator::b3_multi,
                           Propagator::ot, Propagator::grpc_binary};

std::unique_ptr<Tracer> make_tracer(const EnvironmentMap& variables = {}) {
  EnvironmentMap all = variables;
  all.emplace("TRACETAX_STATE", "record");
  return Tracer::make(read_tracing_config(all).value(), nullptr).value();
}

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

TEST(Propagation, EachFormatIsWrittenAsItsOwnersWriteIt) {
  ExchangeFixture f;
  HeaderList out;
  inject_context(kAll, *make_tracer(), context(), f.exchange, out);
  EXPECT_EQ(find(out, "traceparent"), std::string("00-") + kTrace + "-" + kSpan + "-01");
  EXPECT_EQ(find(out, "x-b3-traceid"), kTrace);
  EXPECT_EQ(find(out, "x-b3-spanid"), kSpan);
  EXPECT_EQ(find(out, "x-b3-sampled"), "1");
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

TEST(Propagation, EachFormatIsReadBackAlone) {
  const auto tracer = make_tracer();
  for (const bool sampled : {true, false}) {
    for (const Propagator one :
         {Propagator::trace_context, Propagator::b3_multi, Propagator::grpc_binary}) {
      ExchangeFixture sender, receiver;
      HeaderList out;
      inject_context({one}, *tracer, context(sampled), sender.exchange, out);
      for (const AnswerHeader& header : out) receiver.headers.set(header.name, header.value);
      EXPECT_EQ(extract_context({one}, *tracer, receiver.exchange), context(sampled));
      EXPECT_EQ(extract_context({Propagator::ot}, *tracer, receiver.exchange), std::nullopt);
    }
  }
}

// ottrace carries half of the trace id.
TEST(Propagation, OtTraceIdIsFilledUpWithZeros) {
  ExchangeFixture f;
  f.headers.set("ot-tracer-traceid", "a3ce929d0e0e4736");
  f.headers.set("ot-tracer-spanid", kSpan);
  f.headers.set("ot-tracer-sampled", "true");
  const auto found = extract_context(kAll, *make_tracer(), f.exchange);
  ASSERT_TRUE(found);
  EXPECT_EQ(to_hex(found->trace_id), "0000000000000000a3ce929d0e0e4736");
  EXPECT_TRUE(found->sampled());
}

TEST(Propagation, TheLastFormatWins) {
  ExchangeFixture f;
  f.headers.set("X-B3-TraceId", "11111111111111111111111111111111");
  f.headers.set("X-B3-SpanId", kSpan);
  f.headers.set("X-B3-Sampled", "1");
  EXPECT_EQ(to_hex(extract_context(kAll, *make_tracer(), f.exchange)->trace_id),
            "11111111111111111111111111111111");
  f.headers.set("traceparent", std::string("00-") + kTrace + "-" + kSpan + "-00");
  EXPECT_EQ(extract_context(kAll, *make_tracer(), f.exchange), context(false));
}

TEST(Propagation, BrokenContextsAreNone) {
  for (const char* trace :
       {"", "1", "00000000000000000000000000000000", "zz", "11111111111111111"}) {
    ExchangeFixture f;
    f.headers.set("X-B3-TraceId", trace);
    f.headers.set("X-B3-SpanId", kSpan);
    EXPECT_EQ(extract_context(kAll, *make_tracer(), f.exchange), std::nullopt) << trace;
  }
  for (const std::string& binary :
       {std::string(28, '\0'), std::string(29, '\0'), std::string(29, '\1')}) {
    ExchangeFixture f;
    f.headers.set("grpc-trace-bin", binary);
    EXPECT_EQ(extract_context(kAll, *make_tracer(), f.exchange), std::nullopt);
  }
}

TEST(Propagation, OtelPropagatorsNoneTurnsAllOfThemOff) {
  const auto tracer = make_tracer({{"OTEL_PROPAGATORS", "none"}});
  ExchangeFixture f;
  f.headers.set("traceparent", std::string("00-") + kTrace + "-" + kSpan + "-01");
  HeaderList out;
  inject_context(kAll, *tracer, context(), f.exchange, out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(extract_context(kAll, *tracer, f.exchange), std::nullopt);
}

TEST(Propagation, BaggageGoesOnAsItCame) {
  ExchangeFixture f;
  f.headers.set("baggage", "user=1;x,b=%20");
  HeaderList out;
  inject_context(kW3c, *make_tracer(), context(), f.exchange, out);
  EXPECT_EQ(find(out, "baggage"), "user=1;x,b=%20");
}

}  // namespace
}  // namespace tracetax
