// What the emulated gRPC services answer and trace: served on a port in this process, called by a
// grpc++ client, with the spans taken at the exporter.
// SPDX-License-Identifier: Apache-2.0
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "targets/service/any_call_testing.h"
#include "targets/stages/proto/health.pb.h"
#include "targets/stages/proto/reflection_v1.pb.h"

namespace tracetax {
namespace {

using bench::v1::CollectReply;
using bench::v1::EchoReply;
using bench::v1::EchoRequest;
using bench::v1::FeedRequest;
using std::string_literals::operator""s;

constexpr const char* kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr const char* kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

TEST(GrpcGo, UnarySpanHasFiveAttributesAndTheCallersContext) {
  RunningService target("grpc-go");
  ASSERT_TRUE(target.echo("hello", kSampled).ok());
  const std::string port = std::to_string(target.port());
  const auto& spans = target.stop();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].name(), "bench.v1.Bench/Echo");
  EXPECT_EQ(spans[0].kind(), otlp::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(spans[0].status().code(), otlp::Status::STATUS_CODE_UNSET);
  EXPECT_EQ(spans[0].events_size(), 0);
  EXPECT_EQ(spans[0].parent_span_id(), "\x00\xf0\x67\xaa\x0b\xa9\x02\xb7"s);
  EXPECT_EQ(spans[0].flags(), 0x301U);
  EXPECT_EQ(
      attributes_of(spans[0]),
      (Strings{"rpc.method=bench.v1.Bench/Echo", "rpc.system.name=grpc", "server.address=127.0.0.1",
               "server.port=" + port, "rpc.response.status_code=OK"}));
}

TEST(GrpcGo, OldConventionHasSixAttributesWithThePeer) {
  RunningService target("grpc-go", {.convention = RpcConvention::old});
  ASSERT_TRUE(target.echo("hello").ok());
  const auto& spans = target.stop();
  ASSERT_EQ(spans.size(), 1U);
  Strings attributes = attributes_of(spans[0]);
  ASSERT_EQ(attributes.size(), 6U);
  EXPECT_TRUE(attributes[4].starts_with("net.sock.peer.port="));
  EXPECT_GT(std::stoi(attribute_of(spans[0], "net.sock.peer.port")), 0);
  attributes.erase(attributes.begin() + 4);
  EXPECT_EQ(attributes, (Strings{"rpc.service=bench.v1.Bench", "rpc.method=Echo", "rpc.system=grpc",
                                 "net.sock.peer.addr=127.0.0.1", "rpc.grpc.status_code=0"}));
}

TEST(GrpcGo, BothConventionsTogetherKeepTheNewMethod) {
  RunningService target("grpc-go", {.convention = RpcConvention::both});
  ASSERT_TRUE(target.echo("hello").ok());
  const auto& spans = target.stop();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].attributes_size(), 10);
  EXPECT_EQ(attribute_of(spans[0], "rpc.method"), "bench.v1.Bench/Echo");
}

// The predicted sizes of a span with a parent, for the same strings.
TEST(GrpcGo, BytesPerSpanAreAsPredictedWithin3Percent) {
  for (const auto& [convention, bytes] :
       {std::pair{RpcConvention::current, 234.0}, std::pair{RpcConvention::old, 253.0}}) {
    RunningService target("grpc-go", {.convention = convention});
    ASSERT_TRUE(target.echo("hello", kSampled).ok());
    const auto& spans = target.stop();
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_NEAR(static_cast<double>(spans[0].ByteSizeLong()), bytes, bytes * 0.03);
  }
}

TEST(GrpcGo, CollectAnswersOnceWithTheSumAndMakesOneSpan) {
  RunningService target("grpc-go");
  grpc::ClientContext context;
  CollectReply reply;
  const auto writer = target.stub()->Collect(&context, &reply);
  EchoRequest request;
  request.set_text("four");
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(writer->Write(request));
  writer->WritesDone();
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_EQ(reply.messages(), 100U);
  EXPECT_EQ(reply.bytes(), 400U);
  EXPECT_EQ(target.stop().size(), 1U);
}

TEST(GrpcGo, CollectOfNothingIsAnEmptySum) {
  RunningService target("grpc-go");
  grpc::ClientContext context;
  CollectReply reply;
  const auto writer = target.stub()->Collect(&context, &reply);
  writer->WritesDone();
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_EQ(reply.messages(), 0U);
}

std::vector<std::chrono::steady_clock::time_point> feed(const RunningService& target,
                                                        const FeedRequest& request,
                                                        grpc::Status& status) {
  grpc::ClientContext context;
  const auto reader = target.stub()->Feed(&context, request);
  std::vector<std::chrono::steady_clock::time_point> arrivals;
  EchoReply reply;
  while (reader->Read(&reply)) {
    EXPECT_EQ(reply.text(), request.text());
    arrivals.push_back(std::chrono::steady_clock::now());
  }
  status = reader->Finish();
  return arrivals;
}

TEST(GrpcGo, FeedSendsAsManyMessagesAsAskedAndMakesOneSpan) {
  RunningService target("grpc-go");
  FeedRequest request;
  request.set_count(1000);
  request.set_text("x");
  grpc::Status status;
  EXPECT_EQ(feed(target, request, status).size(), 1000U);
  EXPECT_TRUE(status.ok());
  request.set_count(0);
  EXPECT_EQ(feed(target, request, status).size(), 0U);
  EXPECT_TRUE(status.ok());
  const auto& spans = target.stop();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name(), "bench.v1.Bench/Feed");
}

TEST(GrpcGo, FeedPausesBeforeTheMessageAskedFor) {
  RunningService target("grpc-go");
  FeedRequest request;
  request.set_count(5);
  request.set_pause_before(4);
  request.set_pause_ms(150);
  grpc::Status status;
  const auto arrivals = feed(target, request, status);
  ASSERT_EQ(arrivals.size(), 5U);
  // A lower bound holds however slow the machine is; the third may arrive late by itself.
  EXPECT_GE(arrivals[3] - arrivals[0], std::chrono::milliseconds(140));
  request.set_pause_ms(600'001);
  EXPECT_TRUE(feed(target, request, status).empty());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(GrpcGo, ChatAnswersEachMessageAsItComes) {
  RunningService target("grpc-go");
  grpc::ClientContext context;
  const auto stream = target.stub()->Chat(&context);
  EchoRequest request;
  EchoReply reply;
  for (int i = 0; i < 50; ++i) {
    request.set_text(std::to_string(i));
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&reply));
    EXPECT_EQ(reply.text(), std::to_string(i));
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&reply));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(target.stop().size(), 1U);
}

TEST(GrpcGo, EveryStateAnswersTheSame) {
  for (const char* state : {"absent", "noop", "drop", "record", "export"}) {
    RunningService target("grpc-go", {}, {{"TRACETAX_STATE", state}});
    ASSERT_TRUE(target.echo("hello", kSampled).ok()) << state;
    EXPECT_EQ(target.stop().size(), std::string_view(state) == "export" ? 1U : 0U) << state;
  }
}

TEST(GrpcGo, UnsampledCallerMakesNoSpan) {
  RunningService target("grpc-go");
  ASSERT_TRUE(target.echo("hello", kUnsampled).ok());
  EXPECT_TRUE(target.stop().empty());
  EXPECT_EQ(target.counts().started, 1U);
}

TEST(GrpcGo, UnknownMethodsAreUnimplementedAndMakeNoSpan) {
  RunningService target("grpc-go");
  std::string answer;
  for (const char* method : {"/bench.v1.Bench/Nope", "/x", "/grpc.health.v1.Health/Watch"}) {
    EXPECT_EQ(call(target, method, "", answer).error_code(), grpc::StatusCode::UNIMPLEMENTED);
  }
  EXPECT_TRUE(target.stop().empty());
}

TEST(GrpcGo, UndecodableMessageIsInternalAndTheSpanAnError) {
  RunningService target("grpc-go");
  std::string answer;
  EXPECT_EQ(call(target, "/bench.v1.Bench/Echo", "\xff\xff", answer).error_code(),
            grpc::StatusCode::INTERNAL);
  const auto& spans = target.stop();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].status().code(), otlp::Status::STATUS_CODE_ERROR);
  EXPECT_EQ(attribute_of(spans[0], "rpc.response.status_code"), "INTERNAL");
}

TEST(GrpcGo, HealthIsServingAndTracedLikeAnyCall) {
  RunningService target("grpc-go");
  grpc::health::v1::HealthCheckRequest request;
  grpc::health::v1::HealthCheckResponse response;
  const std::string method = "/grpc.health.v1.Health/Check";
  std::string answer;
  for (const char* service : {"", "bench.v1.Bench"}) {
    request.set_service(service);
    ASSERT_TRUE(call(target, method, request.SerializeAsString(), answer).ok());
    ASSERT_TRUE(response.ParseFromString(answer));
    EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  }
  request.set_service("nope");
  EXPECT_EQ(call(target, method, request.SerializeAsString(), answer).error_code(),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(target.stop().size(), 3U);
}

TEST(GrpcGo, ReflectionListsTheServicesAndDescribesThem) {
  RunningService target("grpc-go");
  namespace reflection = grpc::reflection::v1;
  grpc::GenericStub stub(target.channel());
  for (const char* version : {"v1", "v1alpha"}) {
    reflection::ServerReflectionRequest request;
    reflection::ServerReflectionResponse response;
    std::string answer;
    const auto ask = [&] {
      // The bidirectional method, called with one message, answers one.
      ASSERT_TRUE(call(target,
                       std::string("/grpc.reflection.") + version +
                           ".ServerReflection/ServerReflectionInfo",
                       request.SerializeAsString(), answer)
                      .ok());
      ASSERT_TRUE(response.ParseFromString(answer));
    };
    request.set_list_services("");
    ask();
    Strings names;
    for (const auto& service : response.list_services_response().service()) {
      names.push_back(service.name());
    }
    EXPECT_EQ(names, (Strings{"bench.v1.Bench", "grpc.health.v1.Health",
                              "grpc.reflection.v1.ServerReflection",
                              "grpc.reflection.v1alpha.ServerReflection"}));
    request.set_file_containing_symbol("bench.v1.Bench");
    ask();
    ASSERT_EQ(response.file_descriptor_response().file_descriptor_proto_size(), 1);
    google::protobuf::FileDescriptorProto file;
    ASSERT_TRUE(file.ParseFromString(response.file_descriptor_response().file_descriptor_proto(0)));
    EXPECT_EQ(file.name(), "bench.proto");
    request.set_file_containing_symbol("bench.v1.Nope");
    ask();
    EXPECT_EQ(response.error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  }
}

TEST(GrpcGo, StopAnswersTheCallsThatAreBeingHandled) {
  RunningService target("grpc-go", {.work = {.per_request = std::chrono::milliseconds(200)}});
  grpc::Status status;
  std::jthread calling([&] { status = target.echo("hello"); });
  while (target.counts().started == 0) std::this_thread::yield();
  EXPECT_EQ(target.stop().size(), 1U);
  calling.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

// A stream that never ends by itself, and one in a long pause: both must not hold up the end.
TEST(GrpcGo, StopEndsOpenStreamsAndTheirSpansAreCounted) {
  RunningService target("grpc-go");
  grpc::ClientContext chat_context, feed_context;
  const auto stub = target.stub();
  const auto chat = stub->Chat(&chat_context);
  EchoRequest said;
  EchoReply reply;
  ASSERT_TRUE(chat->Write(said));
  ASSERT_TRUE(chat->Read(&reply));
  FeedRequest request;
  request.set_count(2);
  request.set_pause_before(2);
  request.set_pause_ms(600'000);
  const auto fed = stub->Feed(&feed_context, request);
  ASSERT_TRUE(fed->Read(&reply));
  const auto& spans = target.stop();
  EXPECT_EQ(spans.size(), 2U);
  EXPECT_FALSE(chat->Finish().ok());
  EXPECT_FALSE(fed->Finish().ok());
}

TEST(GrpcGo, ClientThatGoesAwayLeavesACancelledSpan) {
  RunningService target("grpc-go");
  {
    grpc::ClientContext context;
    const auto stub = target.stub();
    const auto chat = stub->Chat(&context);
    EchoRequest said;
    EchoReply reply;
    ASSERT_TRUE(chat->Write(said));
    ASSERT_TRUE(chat->Read(&reply));
    context.TryCancel();
    EXPECT_EQ(chat->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  const auto& spans = target.stop();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(attribute_of(spans[0], "rpc.response.status_code"), "CANCELLED");
  EXPECT_EQ(spans[0].status().code(), otlp::Status::STATUS_CODE_UNSET);
}

TEST(GrpcGo, TakenPortIsAUsageError) {
  RunningService target("grpc-go");
  const auto config = read_tracing_config({{"TRACETAX_STATE", "absent"}});
  const auto tracer = Tracer::make(config.value(), nullptr).value();
  const auto second = make_service(
      find_in_catalog(framework_catalog(), "target", "grpc-go").value()(), {}, *tracer);
  const auto server = second->listen({.host = "127.0.0.1", .port = target.port(), .threads = 1});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ExitCode::usage);
  EXPECT_NE(server.error().message.find("is in use"), std::string::npos);
  EXPECT_FALSE(second->listen({.host = "nowhere", .port = 0, .threads = 1}));
}

TEST(GrpcService, ExplainNamesTheStepsInOrder) {
  const auto config = read_tracing_config({{"TRACETAX_STATE", "record"}});
  const auto tracer = Tracer::make(config.value(), nullptr).value();
  const Framework framework =
      find_in_catalog(framework_catalog(), "target", "grpc-chain").value()();
  const std::string text = explain(framework, *make_service(framework, {}, *tracer));
  EXPECT_NE(text.find("  1. io: HTTP/2"), std::string::npos) << text;
  EXPECT_LT(text.find("trace: SERVER"), text.find("forward: Echo"));
}

TEST(RpcConvention, IsPickedFromTheListOfOptIns) {
  EXPECT_EQ(rpc_convention(""), RpcConvention::current);
  EXPECT_EQ(rpc_convention("http/dup"), RpcConvention::current);
  EXPECT_EQ(rpc_convention("http/dup,rpc/old"), RpcConvention::old);
  EXPECT_EQ(rpc_convention("rpc/old,rpc/dup"), RpcConvention::both);
  EXPECT_FALSE(parse_rpc_convention("rpc/odl"));
}

TEST(GrpcPeer, IsReadFromGrpcsUri) {
  EXPECT_EQ(parse_grpc_peer("ipv4:127.0.0.1:80"), (GrpcAddress{"127.0.0.1", 80}));
  EXPECT_EQ(parse_grpc_peer("ipv6:%5B::1%5D:8080"), (GrpcAddress{"::1", 8080}));
  EXPECT_EQ(parse_grpc_peer("unix:"), GrpcAddress{});
  EXPECT_EQ(parse_grpc_peer(""), GrpcAddress{});
}

}  // namespace
}  // namespace tracetax
