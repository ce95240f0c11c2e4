// The targets whose chains run behind grpc++, over real connections.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "targets/service/any_call_testing.h"
#include "targets/service/shape_testing.h"
#include "targets/stages/proto/health.pb.h"

namespace tracetax {
namespace {

constexpr const char* kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr const char* kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
constexpr std::array kTargets{"gozero-zrpc", "kratos-grpc", "kratos-grpc-min", "kitex-grpc",
                              "dubbo-go"};

/// Kitex' callers name their context so that its servers hand it to the instrumentation.
bool echoes(const RunningService& target, std::string_view name, const std::string& text,
            const char* traceparent) {
  grpc::ClientContext context;
  context.AddMetadata(name == "kitex-grpc" ? "rpc-transit-traceparent" : "traceparent",
                      traceparent);
  bench::v1::EchoRequest request;
  request.set_text(text);
  bench::v1::EchoReply reply;
  return target.stub()->Echo(&context, request, &reply).ok() && reply.text() == text;
}

TEST(RpcOverGrpc, AnswersEchoWithTracingOffAndOn) {
  for (const char* name : kTargets) {
    for (const char* state : {"absent", "noop", "drop", "record", "export"}) {
      SCOPED_TRACE(fmt::format("{} {}", name, state));
      RunningService target(name, {}, {{"TRACETAX_STATE", state}});
      EXPECT_TRUE(echoes(target, name, "hello", kSampled));
      EXPECT_TRUE(echoes(target, name, "", kSampled));
      const auto& spans = target.stop();
      ASSERT_EQ(spans.size(), std::string_view(state) == "export" ? 2U : 0U);
      for (const auto& span : spans) {
        EXPECT_EQ(to_hex_text(span.trace_id()), kShapeTrace);
        EXPECT_EQ(to_hex_text(span.parent_span_id()), kShapeParent);
      }
    }
  }
}

TEST(RpcOverGrpc, UnsampledCallersMakeNoSpans) {
  for (const char* name : kTargets) {
    RunningService target(name);
    EXPECT_TRUE(echoes(target, name, "hello", kUnsampled));
    EXPECT_TRUE(target.stop().empty()) << name;
  }
}

TEST(RpcOverGrpc, StreamsAreUnimplementedAndHealthIsServed) {
  RunningService target("gozero-zrpc");
  grpc::ClientContext context;
  bench::v1::FeedRequest request;
  const auto stub = target.stub();
  const auto feed = stub->Feed(&context, request);
  bench::v1::EchoReply reply;
  EXPECT_FALSE(feed->Read(&reply));
  EXPECT_EQ(feed->Finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
  grpc::health::v1::HealthCheckResponse response;
  std::string answer;
  ASSERT_TRUE(call(target, "/grpc.health.v1.Health/Check", "", answer).ok());
  ASSERT_TRUE(response.ParseFromString(answer));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
}

TEST(RpcOverGrpc, LargeMessagesComeBackWhole) {
  RunningService target("kratos-grpc", {}, {{"TRACETAX_STATE", "record"}});
  EXPECT_TRUE(target.echo(std::string(1 << 20, 'x')).ok());
}

}  // namespace
}  // namespace tracetax
