// The spans of every emulated framework as a receiver decodes them, against what the framework says
// of them (Framework::span): names, kinds, attribute names and types, events, status.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "targets/service/shape_testing.h"

namespace tracetax {
namespace {

/// Those that say what their span looks like.
std::vector<std::string> with_a_span() {
  std::vector<std::string> names;
  for (const auto& entry : framework_catalog()) {
    if (entry.make().span) names.emplace_back(entry.name);
  }
  return names;
}

class Shape : public testing::TestWithParam<std::string> {};

TEST_P(Shape, IsWhatTheFrameworkSays) {
  ShapeRig rig(GetParam());
  const SpanShape shape = rig.framework().span.value();
  const otlp::Span span = rig.only_span();
  EXPECT_EQ(span.name(), shape.name);
  EXPECT_EQ(span.kind(), static_cast<otlp::Span::SpanKind>(shape.kind));
  EXPECT_EQ(keys_and_types(span.attributes()), shape.attributes);
  EXPECT_EQ(events_of(span), shape.events);
  EXPECT_EQ(span.status().code(), static_cast<otlp::Status::StatusCode>(shape.status));
  EXPECT_EQ(span.status().message(), "");
  EXPECT_EQ(to_hex_text(span.trace_id()), kShapeTrace);
  EXPECT_EQ(to_hex_text(span.parent_span_id()), kShapeParent);
}

TEST_P(Shape, HasThePredictedBytesWithin3Percent) {
  ShapeRig rig(GetParam());
  const double predicted = rig.framework().span.value().bytes;
  const auto bytes = static_cast<double>(rig.bytes_with_predicted_path());
  EXPECT_NEAR(bytes, predicted, predicted * 0.03);
}

INSTANTIATE_TEST_SUITE_P(Frameworks, Shape, testing::ValuesIn(with_a_span()),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// Those without one: chains whose spans a test of their own looks at, and applications that trace
// nothing.
TEST(Shapes, EveryFrameworkHasOne) {
  const std::set<std::string_view> without{"kitex-chain", "gomicro-chain", "dapr", "dapr-app"};
  for (const auto& entry : framework_catalog()) {
    if (stages_of(entry.make()).empty()) continue;
    EXPECT_EQ(entry.make().span.has_value(), !without.contains(entry.name)) << entry.name;
  }
}

nlohmann::json described(std::string_view name) {
  return nlohmann::json::parse(describe_framework(quiet_framework(name)));
}

TEST(Describe, TellsWireReadinessAndSpans) {
  struct Case {
    const char* name;
    const char* wire;
    const char* ready;
    int spans;
  };
  constexpr const char* kByHttp = "http://127.0.0.1:{port}/healthz";
  constexpr const char* kByTcp = "tcp://127.0.0.1:{port}";
  for (const Case& c :
       {Case{"gin", "http", kByHttp, 1}, Case{"kratos-http-min", "http", kByHttp, 1},
        Case{"grpc-go", "grpc", kByTcp, 1}, Case{"grpc-chain", "grpc", kByTcp, 3},
        Case{"kitex-thrift", "kitex", kByTcp, 1}, Case{"kitex-chain", "kitex", kByTcp, 3},
        Case{"tars-go", "tars", kByTcp, 1}, Case{"gomicro", "gomicro", kByTcp, 1},
        Case{"gomicro-chain", "gomicro", kByTcp, 4}, Case{"dapr", "http", kByHttp, 2},
        Case{"dapr-sidecar", "http", kByTcp, 2}, Case{"dapr-app", "http", kByHttp, 0}}) {
    const auto told = described(c.name);
    EXPECT_EQ(told["name"], c.name);
    EXPECT_EQ(told["wire"], c.wire) << c.name;
    EXPECT_EQ(told["ready"], c.ready) << c.name;
    EXPECT_EQ(told["spans_per_request"], c.spans) << c.name;
    EXPECT_EQ(told["can_be_absent"], true);
    EXPECT_EQ(told["samplers"].size(), sampler_catalog().size());
  }
}

TEST(Describe, ShowsTheSpanAndListsThemAll) {
  const auto span = described("hertz")["span"];
  EXPECT_EQ(span["name"], "GET /users/:id");
  EXPECT_EQ(span["attributes"][2], "net.host.port:i");
  EXPECT_EQ(span["events"].size(), 10U);
  EXPECT_FALSE(described("dapr").contains("span"));
  const auto all = nlohmann::json::parse(describe_frameworks());
  ASSERT_EQ(all.size(), framework_catalog().size());
  EXPECT_EQ(all[1], described("gin"));
}

}  // namespace
}  // namespace tracetax
