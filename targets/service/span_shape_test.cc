// The spans of every emulated framework as a receiver decodes them, against a table written from
// the facts about each framework's instrumentation: names, kinds, attribute names and types,
// events, status.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "targets/service/shape_testing.h"

namespace tracetax {
namespace {

class Shape : public testing::TestWithParam<SpanShape> {};

TEST_P(Shape, IsWhatTheTableSays) {
  const SpanShape& shape = GetParam();
  ShapeRig rig(shape.target);
  const otlp::Span span = rig.only_span();
  EXPECT_EQ(span.name(), shape.name);
  EXPECT_EQ(span.kind(), shape.kind);
  EXPECT_EQ(keys_and_types(span.attributes()), shape.attributes);
  EXPECT_EQ(events_of(span), shape.events);
  EXPECT_EQ(span.status().code(), shape.status);
  EXPECT_EQ(span.status().message(), "");
  EXPECT_EQ(to_hex_text(span.trace_id()), kShapeTrace);
  EXPECT_EQ(to_hex_text(span.parent_span_id()), kShapeParent);
}

TEST_P(Shape, HasThePredictedBytesWithin3Percent) {
  const SpanShape& shape = GetParam();
  const auto bytes = static_cast<double>(ShapeRig(shape.target).bytes_with_predicted_path());
  EXPECT_NEAR(bytes, shape.bytes, shape.bytes * 0.03);
}

INSTANTIATE_TEST_SUITE_P(Frameworks, Shape, testing::ValuesIn(span_shapes()),
                         [](const auto& param) {
                           std::string name = param.param.target;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// Those without one: chains whose spans a test of their own looks at, and applications that trace
// nothing.
TEST(Shapes, EveryFrameworkHasOne) {
  const std::set<std::string_view> without{
      "kitex-chain", "kitex-chain-back", "gomicro-chain", "gomicro-chain-back", "dapr", "dapr-app"};
  for (const auto& entry : framework_catalog()) {
    if (stages_of(entry.make()).empty() || without.contains(entry.name)) continue;
    const auto same = [&](const SpanShape& shape) { return shape.target == entry.name; };
    EXPECT_TRUE(std::ranges::any_of(span_shapes(), same)) << entry.name;
  }
}

}  // namespace
}  // namespace tracetax
