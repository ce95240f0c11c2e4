// The two services of grpc-chain, both in this process; as processes they are in
// test_grpc_target.py.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "targets/service/testing.h"

namespace tracetax {
namespace {

constexpr const char* kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr const char* kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

struct TwoServices {
  explicit TwoServices(bool drops_propagation, const EnvironmentMap& variables = {})
      : back("grpc-chain-back", {}, variables),
        front("grpc-chain",
              {.back = {"127.0.0.1", back.port()}, .drops_propagation = drops_propagation},
              variables) {}
  RunningService back;
  RunningService front;
};

TEST(GrpcChain, OneCallIsThreeSpansOfOneTraceInARow) {
  TwoServices chain(false);
  ASSERT_TRUE(chain.front.echo("hello", kSampled).ok());
  const auto& front = chain.front.stop();
  const auto& back = chain.back.stop();
  ASSERT_EQ(front.size(), 2U);
  ASSERT_EQ(back.size(), 1U);
  const otlp::Span &client = front[0], &server = front[1];  // the inner one ends first
  EXPECT_EQ(client.kind(), otlp::Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(server.kind(), otlp::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(client.parent_span_id(), server.span_id());
  EXPECT_EQ(back[0].parent_span_id(), client.span_id());
  EXPECT_EQ(client.trace_id(), server.trace_id());
  EXPECT_EQ(back[0].trace_id(), server.trace_id());
  EXPECT_EQ(client.flags(), 0x101U);  // its parent is local
  EXPECT_EQ(
      attributes_of(client),
      (Strings{"rpc.method=bench.v1.Bench/Echo", "rpc.system.name=grpc", "server.address=127.0.0.1",
               "server.port=" + std::to_string(chain.back.port()), "rpc.response.status_code=OK"}));
}

TEST(GrpcChain, TracestateGoesAlongAndOtherFormatsWhereAskedFor) {
  // The last one that finds a context wins, and a b3 has no tracestate: as in Go.
  TwoServices chain(false, {{"OTEL_PROPAGATORS", "b3multi,tracecontext"}});
  grpc::ClientContext context;
  context.AddMetadata("traceparent", kSampled);
  context.AddMetadata("tracestate", "vendor=1");
  bench::v1::EchoRequest request;
  bench::v1::EchoReply reply;
  ASSERT_TRUE(chain.front.stub()->Echo(&context, request, &reply).ok());
  grpc::ClientContext b3;
  b3.AddMetadata("x-b3-traceid", "80f198ee56343ba864fe8b2a57d3eff7");
  b3.AddMetadata("x-b3-spanid", "e457b5a2e4d86bd1");
  b3.AddMetadata("x-b3-sampled", "1");
  ASSERT_TRUE(chain.front.stub()->Echo(&b3, request, &reply).ok());
  const auto& back = chain.back.stop();
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].trace_state(), "vendor=1");
  EXPECT_EQ(back[1].trace_state(), "");
  EXPECT_EQ(back[1].trace_id().substr(0, 4), "\x80\xf1\x98\xee");
}

TEST(GrpcChain, UnsampledCallsMakeNoSpansAnywhere) {
  TwoServices chain(false);
  ASSERT_TRUE(chain.front.echo("hello", kUnsampled).ok());
  EXPECT_TRUE(chain.front.stop().empty());
  EXPECT_TRUE(chain.back.stop().empty());
}

TEST(GrpcChain, DroppedPropagationMakesTheBackStartATraceOfItsOwn) {
  TwoServices chain(true);
  ASSERT_TRUE(chain.front.echo("hello", kSampled).ok());
  ASSERT_TRUE(chain.front.echo("hello", kUnsampled).ok());
  const auto& front = chain.front.stop();
  const auto& back = chain.back.stop();
  EXPECT_EQ(front.size(), 2U);
  ASSERT_EQ(back.size(), 2U);
  EXPECT_TRUE(back[0].parent_span_id().empty());
  EXPECT_NE(back[0].trace_id(), front[0].trace_id());
}

TEST(GrpcChain, EveryStateAnswersTheSame) {
  for (const char* state : {"absent", "noop", "drop", "record"}) {
    TwoServices chain(false, {{"TRACETAX_STATE", state}});
    EXPECT_TRUE(chain.front.echo("hello", kSampled).ok()) << state;
  }
}

TEST(GrpcChain, FailureOfTheBackIsTheCallersAndMarksTheClientSpan) {
  TwoServices chain(false);
  ASSERT_TRUE(chain.front.echo("hello").ok());
  chain.back.stop();
  EXPECT_EQ(chain.front.echo("hello").error_code(), grpc::StatusCode::UNAVAILABLE);
  const auto& spans = chain.front.stop();
  ASSERT_EQ(spans.size(), 4U);
  EXPECT_EQ(spans[2].kind(), otlp::Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(spans[2].status().code(), otlp::Status::STATUS_CODE_ERROR);
  EXPECT_EQ(spans[3].status().code(), otlp::Status::STATUS_CODE_ERROR);
}

}  // namespace
}  // namespace tracetax
