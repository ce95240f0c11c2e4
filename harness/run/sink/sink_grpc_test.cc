// The sink's gRPC side against a grpc++ client: what is taken, what is refused and how, and that it
// ends whatever is under way.
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_grpc.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <optional>
#include <thread>

#include "harness/run/sink/sink_fixture.h"
#include "harness/run/sink/sink_server.h"
#include "harness/run/sink/sink_store.h"

namespace tracetax {
namespace {

using namespace sink_test;

constexpr const char* kExport = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

struct Reply {
  grpc::Status status;
  std::string body;
};

/// An exporter: one connection of its own, one call at a time.
class Exporter {
 public:
  explicit Exporter(int port) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxSendMessageSize(-1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    stub_.emplace(grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", port),
                                            grpc::InsecureChannelCredentials(), arguments));
  }
  ~Exporter() {
    queue_.Shutdown();
    void* tag = nullptr;
    for (bool ok = false; queue_.Next(&tag, &ok);) {
    }
  }
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  Reply send(const std::string& body, grpc_compression_algorithm packing = GRPC_COMPRESS_NONE,
             const char* method = kExport) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds{30});
    context.set_wait_for_ready(true);
    context.set_compression_algorithm(packing);
    const grpc::Slice slice(body);
    const auto call =
        stub_->PrepareUnaryCall(&context, method, grpc::ByteBuffer(&slice, 1), &queue_);
    call->StartCall();
    grpc::ByteBuffer answer;
    Reply reply;
    call->Finish(&answer, &reply.status, this);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok));
    grpc::Slice bytes;
    if (answer.Valid() && answer.DumpToSingleSlice(&bytes).ok()) {
      reply.body.assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    }
    return reply;
  }

 private:
  std::optional<grpc::GenericStub> stub_;
  grpc::CompletionQueue queue_;
};

class SinkGrpcTest : public ::testing::Test {
 protected:
  void start() {
    server_ = SinkGrpcServer::listen(0, recorder_).value();
    exporter_.emplace(server_->port());
  }
  Recorder recorder_;
  std::unique_ptr<SinkGrpcServer> server_;
  std::optional<Exporter> exporter_;
};

TEST_F(SinkGrpcTest, TakesAnExportAndAnswersWithNothingSet) {
  start();
  const std::string body = protobuf_payload(all_sampled(), 0, 20);
  const Reply reply = exporter_->send(body);
  EXPECT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_EQ(reply.body, "");
  const auto payloads = recorder_.payloads();
  ASSERT_EQ(payloads.size(), 1U);
  EXPECT_EQ(payloads[0].body, body);
  EXPECT_EQ(payloads[0].format, OtlpFormat::protobuf);
  EXPECT_EQ(payloads[0].encoding, OtlpEncoding::identity);
  EXPECT_GT(payloads[0].arrived_unix_ns, 1'700'000'000'000'000'000U);
}

TEST_F(SinkGrpcTest, KeepsGzipAsItCame) {
  start();
  const std::string body = protobuf_payload(all_sampled(), 0, 100);
  EXPECT_TRUE(exporter_->send(body, GRPC_COMPRESS_GZIP).status.ok());
  const auto payloads = recorder_.payloads();
  ASSERT_EQ(payloads.size(), 1U);
  EXPECT_EQ(payloads[0].encoding, OtlpEncoding::gzip);
  EXPECT_LT(payloads[0].body.size(), body.size());
  std::vector<SpanSeen> spans;
  EXPECT_EQ(decode_payload(payloads[0], spans), 100U);
}

TEST_F(SinkGrpcTest, TakesAnEmptyMessage) {
  start();
  EXPECT_TRUE(exporter_->send("").status.ok());
  EXPECT_EQ(recorder_.payloads().at(0).body, "");
}

TEST_F(SinkGrpcTest, TakesLargeMessagesWhole) {
  start();
  const std::string body(20'000'000, 'b');
  EXPECT_TRUE(exporter_->send(body).status.ok());
  EXPECT_EQ(recorder_.payloads().at(0).body, body);
}

TEST_F(SinkGrpcTest, RefusesMessagesAboveTheLimit) {
  start();
  const Reply reply = exporter_->send(std::string(kOtlpMaxRequestBytes + 1, 'b'));
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
      << reply.status.error_message();
  EXPECT_TRUE(recorder_.payloads().empty());
  EXPECT_TRUE(exporter_->send("x").status.ok());
}

TEST_F(SinkGrpcTest, OtherMethodsAndEncodingsAreUnimplemented) {
  start();
  const Reply other = exporter_->send("x", GRPC_COMPRESS_NONE,
                                      "/opentelemetry.proto.collector.logs.v1.LogsService/Export");
  EXPECT_EQ(other.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_NE(other.status.error_message().find("TraceService/Export"), std::string::npos);
  const Reply packed = exporter_->send(std::string(1000, 'x'), GRPC_COMPRESS_DEFLATE);
  EXPECT_EQ(packed.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(recorder_.payloads().empty());
}

TEST_F(SinkGrpcTest, WithoutRoomItAsksToComeAgain) {
  recorder_.room = 1000;
  start();
  const Reply reply = exporter_->send(std::string(1001, 'x'));
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(reply.status.error_message(), "the sink's memory is full");
  EXPECT_EQ(recorder_.without_room(), 1);
  EXPECT_TRUE(exporter_->send(std::string(1000, 'x')).status.ok());
}

TEST_F(SinkGrpcTest, MalformedPayloadsAreAnsweredWithTheReason) {
  recorder_.verdict = {PayloadAnswer::malformed, "span 3 is odd"};
  start();
  const Reply reply = exporter_->send("x");
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(reply.status.error_message(), "span 3 is odd");
}

TEST_F(SinkGrpcTest, APortInUseIsAUsageErrorThatNamesTheOption) {
  start();
  const auto second = SinkGrpcServer::listen(server_->port(), recorder_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ExitCode::usage);
  EXPECT_EQ(second.error().message,
            fmt::format("port {} is in use (another sink or collector?); choose another "
                        "with --grpc, in a suite with sink.grpc_port",
                        server_->port()));
}

TEST_F(SinkGrpcTest, GarbageDoesNotEndIt) {
  start();
  for (const char* garbage :
       {"POST /v1/traces HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00 a TLS hello",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nxxxxxxxxxxxxxxxx"}) {
    RawPeer peer(server_->port());
    peer.send(garbage);
    peer.send_nothing_more();
    static_cast<void>(peer.answer());
  }
  EXPECT_TRUE(exporter_->send("x").status.ok());
}

TEST_F(SinkGrpcTest, MoreCallsThanItTakesAtOnceAllComeThrough) {
  start();
  grpc::GenericStub stub(grpc::CreateChannel(fmt::format("127.0.0.1:{}", server_->port()),
                                             grpc::InsecureChannelCredentials()));
  struct Export {
    grpc::ClientContext context;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> call;
    grpc::ByteBuffer answer;
    grpc::Status status;
  };
  constexpr std::size_t kCalls = 5 * kSinkGrpcCalls;
  grpc::CompletionQueue queue;
  std::vector<Export> exports(kCalls);
  const grpc::Slice body(std::string(50'000, 'x'));
  for (Export& one : exports) {
    one.call = stub.PrepareUnaryCall(&one.context, kExport, grpc::ByteBuffer(&body, 1), &queue);
    one.call->StartCall();
    one.call->Finish(&one.answer, &one.status, &one);
  }
  void* tag = nullptr;
  bool ok = false;
  for (std::size_t i = 0; i < kCalls; ++i) {
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_TRUE(static_cast<Export*>(tag)->status.ok());
  }
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  EXPECT_EQ(recorder_.payloads().size(), kCalls);
}

/// Calls whose headers are out, and whose message never follows.
struct HalfSentCalls {
  explicit HalfSentCalls(int port)
      : stub(grpc::CreateChannel(fmt::format("127.0.0.1:{}", port),
                                 grpc::InsecureChannelCredentials())) {}

  void start_one() {
    calls.push_back(stub.PrepareCall(&contexts.emplace_back(), kExport, &queue));
    calls.back()->StartCall(this);
    ASSERT_TRUE(queue.Next(&tag, &ok));
  }
  /// And ends.
  void expect_failures() {
    for (const auto& call : calls) {
      grpc::Status status;
      call->Finish(&status, this);
      ASSERT_TRUE(queue.Next(&tag, &ok));
      EXPECT_FALSE(status.ok());
    }
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) continue;
  }

  grpc::GenericStub stub;
  grpc::CompletionQueue queue;
  std::deque<grpc::ClientContext> contexts;
  std::vector<std::unique_ptr<grpc::GenericClientAsyncReaderWriter>> calls;
  void* tag = nullptr;
  bool ok = false;
};

TEST_F(SinkGrpcTest, EndsWhileCallsAreHalfSent) {
  start();
  HalfSentCalls calls(server_->port());
  calls.start_one();
  EXPECT_TRUE(exporter_->send("x").status.ok());
  server_.reset();
  calls.expect_failures();
}

/// More half-sent calls than there are places: good senders get in once those have stalled.
TEST_F(SinkGrpcTest, HalfSentCallsDoNotKeepOthersOut) {
  server_ = SinkGrpcServer::listen(0, recorder_, /*patience=*/1).value();
  HalfSentCalls calls(server_->port());
  for (std::size_t i = 0; i < kSinkGrpcCalls + 8; ++i) calls.start_one();
  exporter_.emplace(server_->port());
  EXPECT_TRUE(exporter_->send("x").status.ok());
  calls.expect_failures();
}

// Both doors of one store at the same time: nothing is lost, and the receipt closes.
TEST(SinkGrpc, FillsTheSameStoreAsHttp) {
  SinkStore store(kSinkMemoryBytes);
  auto http = SinkServer::listen(0, store).value();
  auto grpc = SinkGrpcServer::listen(0, store).value();
  std::thread http_thread([&] { http->io().run(); });
  constexpr std::uint64_t kEach = 200;
  std::thread by_http([&, port = http->port()] {
    RawPeer peer(port);
    for (std::uint64_t k = 0; k < kEach; ++k) {
      EXPECT_EQ(status_of(peer.ask(post({.body = protobuf_payload(all_sampled(), k, k + 1)}))),
                200);
    }
  });
  Exporter exporter(grpc->port());
  for (std::uint64_t k = kEach; k < 2 * kEach; ++k) {
    EXPECT_TRUE(
        exporter.send(protobuf_payload(all_sampled(), k, k + 1), GRPC_COMPRESS_GZIP).status.ok());
  }
  by_http.join();
  while (store.undecoded() > 0) store.decode_one();
  const Receipt receipt = store.receipt({.phases = {{all_sampled(), 2 * kEach, {}, {}}}});
  EXPECT_TRUE(receipt.closes()) << receipt.reason();
  EXPECT_EQ(receipt.received, 2 * kEach);
  http->io().stop();
  http_thread.join();
}

}  // namespace
}  // namespace tracetax
