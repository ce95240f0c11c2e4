// Each format against its owner's published examples: github.com/openzipkin/b3-propagation,
// jaegertracing.io (client libraries), docs.aws.amazon.com/xray (tracing header).
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/context_formats.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tracetax {
namespace {

const std::string kTrace = "80f198ee56343ba864fe8b2a57d3eff7";
const std::string kHalf = "64fe8b2a57d3eff7";
const std::string kSpan = "e457b5a2e4d86bd1";
const std::string kParent = "05e3ac9a4f6e3b90";

TraceContext context(const std::string& trace, bool sampled) {
  return {*trace_id_from_hex(trace), *span_id_from_hex(kSpan),
          sampled ? kSampledFlag : std::uint8_t{0}};
}
const std::string kLong(16, '0');  // before half a trace id

TEST(B3, OneHeaderHoldsAll) {
  const B3Context b3 = parse_b3(fmt::format("{}-{}-1-{}", kTrace, kSpan, kParent));
  EXPECT_EQ(b3.context, context(kTrace, true));
  EXPECT_FALSE(b3.debug || b3.deferred);
  EXPECT_EQ(format_b3(b3), kTrace + "-" + kSpan + "-1");
  EXPECT_EQ(parse_b3(kTrace + "-" + kSpan + "-0").context, context(kTrace, false));
  EXPECT_EQ(parse_b3(kHalf + "-" + kSpan + "-1").context, context(kLong + kHalf, true));
}

TEST(B3, DebugIsSampledAndNothingIsLeftOpen) {
  const B3Context debug = parse_b3(kTrace + "-" + kSpan + "-d");
  EXPECT_EQ(debug.context, context(kTrace, true));
  EXPECT_TRUE(debug.debug);
  EXPECT_EQ(format_b3(debug), kTrace + "-" + kSpan + "-d");
  const B3Context open = parse_b3(kTrace + "-" + kSpan);
  EXPECT_EQ(open.context, context(kTrace, false));
  EXPECT_TRUE(open.deferred);
  EXPECT_EQ(format_b3(open), kTrace + "-" + kSpan);
}

TEST(B3, ADecisionAloneIsNoContext) {
  for (const char* alone : {"0", "1"}) {
    EXPECT_FALSE(parse_b3(alone).context);
    EXPECT_FALSE(parse_b3(alone).debug);
  }
  EXPECT_TRUE(parse_b3("d").debug);
  EXPECT_EQ(format_b3({}), "0");
}

TEST(B3, BrokenHeadersAreNone) {
  std::string upper = kTrace;
  upper[2] = 'F';
  for (const std::string& text :
       {std::string(), kTrace, kHalf, kTrace + "-", kTrace + "-" + kSpan + "-",
        kTrace + "-" + kSpan + "-2", kTrace + "-" + kSpan + "-1-",
        kTrace + "-" + kSpan + "-" + kParent, kTrace + "-" + kSpan + "-1-" + kParent + "0",
        kTrace + "-" + kSpan.substr(1) + "-1", std::string(32, '0') + "-" + kSpan + "-1",
        kTrace + "-0000000000000000-1", upper + "-" + kSpan + "-1",
        kTrace.substr(1) + "-" + kSpan + "-1", kTrace + "-" + kSpan + "-1-0000000000000000",
        std::string("x")}) {
    EXPECT_FALSE(parse_b3(text).context) << text;
  }
}

TEST(B3, SeveralHeaders) {
  const auto parsed = [](B3Headers headers) {
    if (headers.trace_id.empty()) headers.trace_id = kTrace;
    if (headers.span_id.empty()) headers.span_id = kSpan;
    return parse_b3(headers);
  };
  for (const char* yes : {"1", "true", "TRUE"}) {
    EXPECT_EQ(parsed({.sampled = yes}).context, context(kTrace, true)) << yes;
  }
  for (const char* no : {"0", "false"}) {
    EXPECT_EQ(parsed({.sampled = no}).context, context(kTrace, false)) << no;
  }
  EXPECT_TRUE(parsed({}).deferred);
  EXPECT_EQ(parsed({.trace_id = kHalf, .sampled = "1"}).context, context(kLong + kHalf, true));
  const B3Context debug = parsed({.sampled = "0", .flags = "1"});
  EXPECT_EQ(debug.context, context(kTrace, true));
  EXPECT_TRUE(debug.debug && !debug.deferred);
  EXPECT_FALSE(parsed({.sampled = "yes"}).context);
  EXPECT_FALSE(parsed({.parent_span_id = "1", .sampled = "1"}).context);
  EXPECT_FALSE(parse_b3(B3Headers{.trace_id = kTrace, .sampled = "1"}).context);
  EXPECT_FALSE(parse_b3(B3Headers{.sampled = "1"}).context);
}

TEST(Jaeger, FourParts) {
  const auto sampled = parse_jaeger(kTrace + ":" + kSpan + ":0:1");
  ASSERT_TRUE(sampled);
  EXPECT_EQ(sampled->context, context(kTrace, true));
  EXPECT_FALSE(sampled->debug);
  EXPECT_EQ(format_jaeger(*sampled), kTrace + ":" + kSpan + ":0:1");
  EXPECT_EQ(parse_jaeger(kHalf + ":" + kSpan + ":" + kParent + ":0")->context,
            context(kLong + kHalf, false));
  const auto debug = parse_jaeger(kTrace + ":" + kSpan + ":0:3");
  EXPECT_TRUE(debug->debug && debug->context.sampled());
  EXPECT_EQ(format_jaeger(*debug), kTrace + ":" + kSpan + ":0:3");
  EXPECT_FALSE(parse_jaeger(kTrace + ":" + kSpan + ":0:2")->context.sampled());  // debug unsampled
  EXPECT_TRUE(parse_jaeger(kTrace + ":" + kSpan + "::5")->context.sampled());    // firehose
}

TEST(Jaeger, LeadingZerosMayBeMissingAndColonsPercentEncoded) {
  const auto found = parse_jaeger("1:2:0:1");
  ASSERT_TRUE(found);
  EXPECT_EQ(to_hex(found->context.trace_id), std::string(31, '0') + "1");
  EXPECT_EQ(to_hex(found->context.span_id), std::string(15, '0') + "2");
  EXPECT_EQ(parse_jaeger(kTrace + "%3A" + kSpan + "%3a0%3A1")->context, context(kTrace, true));
}

TEST(Jaeger, BrokenHeadersAreNone) {
  for (const std::string& text :
       {std::string(), std::string("1:2:0"), std::string("1:2:0:1:0"), std::string("0:2:0:1"),
        std::string("1:0:0:1"), std::string(":2:0:1"), std::string("1:2:0:x"),
        std::string("1:2:0:-1"), "1" + kTrace + ":2:0:1", "1:1" + kSpan + ":0:1",
        std::string("1%3:2:0:1"), std::string("1:2:0:11111111111111111")}) {
    EXPECT_FALSE(parse_jaeger(text)) << text;
  }
}

TEST(Xray, RootParentAndSampled) {
  const std::string root = "Root=1-80f198ee-56343ba864fe8b2a57d3eff7";
  const std::string all = root + ";Parent=" + kSpan + ";Sampled=1";
  EXPECT_EQ(parse_xray(all), context(kTrace, true));
  EXPECT_EQ(format_xray(context(kTrace, true)), all);
  EXPECT_EQ(parse_xray("Sampled=0;Parent=" + kSpan + ";" + root), context(kTrace, false));
  EXPECT_EQ(parse_xray(root + ";Parent=" + kSpan + ";Sampled=?"), context(kTrace, false));
  EXPECT_EQ(parse_xray(root + "; Parent=" + kSpan + " "), context(kTrace, false));
  EXPECT_EQ(parse_xray(root + ";Parent=" + kSpan + ";Lineage=1:2:3;Self=4"),
            context(kTrace, false));
  for (const std::string& text :
       {std::string(), root, "Parent=" + kSpan, root + ";Parent=" + kSpan + ";x",
        "Root=2-80f198ee-56343ba864fe8b2a57d3eff7;Parent=" + kSpan,
        "Root=1-80f198ee56343ba864fe8b2a57d3eff7;Parent=" + kSpan,
        "Root=1-80F198ee-56343ba864fe8b2a57d3eff7;Parent=" + kSpan, root + ";Parent=1"}) {
    EXPECT_EQ(parse_xray(text), std::nullopt) << text;
  }
}

TEST(GrpcBinary, IsOfOneForm) {
  for (const std::string& bytes :
       {std::string(28, '\0'), std::string(29, '\0'), std::string(29, '\1')}) {
    EXPECT_FALSE(parse_grpc_binary(bytes));
  }
  EXPECT_EQ(parse_grpc_binary(format_grpc_binary(context(kTrace, true))), context(kTrace, true));
}

}  // namespace
}  // namespace tracetax
