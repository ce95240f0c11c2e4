// Reflection asked of peers that have none, or an odd one: this program is linked without gRPC's
// own.
// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "scenarios/grpc/grpc_reflection.h"
#include "scenarios/grpc/grpc_reflection.pb.h"
#include "scenarios/grpc/testing.h"

namespace tracetax {
namespace {

using google::protobuf::FileDescriptorProto;
using reflection::Answer;
using reflection::Request;
using Script = std::function<Answer(const Request&)>;

constexpr Nanos kTimeout = std::chrono::seconds(20);

/// Answers every question of one call by the script.
class ScriptedCall : public grpc::ServerGenericBidiReactor {
 public:
  explicit ScriptedCall(const Script& script) : script_(script) { StartRead(&question_); }

  void OnReadDone(bool good) override {
    if (!good) return Finish(grpc::Status::OK);
    Request request;
    if (!grpc::SerializationTraits<Request>::Deserialize(&question_, &request).ok()) std::abort();
    bool owned = false;
    answer_.Clear();
    if (!grpc::SerializationTraits<Answer>::Serialize(script_(request), &answer_, &owned).ok())
      std::abort();
    StartWrite(&answer_);
  }
  void OnWriteDone(bool good) override {
    if (!good) return Finish(grpc::Status::OK);
    StartRead(&question_);
  }
  void OnDone() override { delete this; }

 private:
  const Script& script_;
  grpc::ByteBuffer question_, answer_;
};

/// A server of reflection v1 that is not gRPC's own; without a script it serves nothing.
class FakeServer : public grpc::CallbackGenericService {
 public:
  explicit FakeServer(Script script, const std::shared_ptr<grpc::ServerCredentials>& credentials =
                                         grpc::InsecureServerCredentials())
      : script_(std::move(script)) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
    endpoint_.port = port;
  }
  ~FakeServer() override { server_->Shutdown(); }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  /// Whether the last call came with a trace context that is not sampled.
  [[nodiscard]] bool was_told_not_to_sample() const { return unsampled_; }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    const auto& metadata = context->client_metadata();
    const auto found = metadata.find("traceparent");
    if (found != metadata.end()) unsampled_ = found->second.ends_with("-00");
    if (script_ && context->method() == "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
      return new ScriptedCall(script_);
    return CallbackGenericService::CreateReactor(context);
  }

 private:
  Script script_;
  std::atomic<bool> unsampled_ = false;
  std::unique_ptr<grpc::Server> server_;
  Endpoint endpoint_{.host = "127.0.0.1", .port = 0};
};

Answer failed(const std::string& message) {
  Answer answer;
  answer.mutable_failure()->set_message(message);
  return answer;
}

Answer list(const std::vector<std::string>& services) {
  Answer answer;
  answer.mutable_services();
  for (const auto& name : services) answer.mutable_services()->add_service()->set_name(name);
  return answer;
}

Answer file(const FileDescriptorProto& proto) {
  Answer answer;
  answer.mutable_files()->add_file(proto.SerializeAsString());
  return answer;
}

/// pkg.Names with one method, whose message is in another file.
FileDescriptorProto service_file() {
  FileDescriptorProto proto;
  proto.set_name("service.proto");
  proto.set_package("pkg");
  proto.add_dependency("message.proto");
  auto& service = *proto.add_service();
  service.set_name("Names");
  auto& method = *service.add_method();
  method.set_name("Find");
  method.set_input_type(".pkg.Name");
  method.set_output_type(".pkg.Name");
  return proto;
}

FileDescriptorProto message_file() {
  FileDescriptorProto proto;
  proto.set_name("message.proto");
  proto.set_package("pkg");
  proto.add_message_type()->set_name("Name");
  return proto;
}

/// A server that gives each file alone, and has a service that it knows nothing of.
Answer answer_one_by_one(const Request& request) {
  if (request.has_list_services()) return list({"lost.Service", "pkg.Names"});
  if (request.file_containing_symbol() == "pkg.Names") return file(service_file());
  if (request.file_by_filename() == "message.proto") return file(message_file());
  return failed("not found");
}

std::string error_of(const Endpoint& endpoint, const std::optional<TlsOptions>& tls = std::nullopt,
                     Nanos timeout = kTimeout) {
  const auto schema = reflect_grpc_schema(endpoint, tls, timeout);
  if (schema) return "no error";
  const std::string address = fmt::format("127.0.0.1:{}: ", endpoint.port);
  EXPECT_TRUE(schema.error().message.starts_with(address)) << schema.error().message;
  return schema.error().message.substr(std::min(address.size(), schema.error().message.size()));
}

TEST(GrpcPeers, OfVersionOneAreAskedForFilesOneByOne) {
  const FakeServer server(answer_one_by_one);
  const auto schema = reflect_grpc_schema(server.endpoint(), std::nullopt, kTimeout);
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_TRUE(schema->find_method("pkg.Names/Find"));
  EXPECT_TRUE(server.was_told_not_to_sample()) << "its span would be one that no plan knows";
}

TEST(GrpcPeers, ThatDoNotGiveAnImportAreNamedWithIt) {
  const FakeServer server([](const Request& request) {
    return request.has_file_by_filename() ? failed("no such file") : answer_one_by_one(request);
  });
  const std::string error = error_of(server.endpoint());
  EXPECT_EQ(error.substr(0, 60), "reflection: service.proto: its import 'message.proto' is mis")
      << error;
}

TEST(GrpcPeers, WithAnEmptyOrUselessReflection) {
  const FakeServer empty([](const Request&) { return list({}); });
  EXPECT_EQ(error_of(empty.endpoint()), "its reflection names no services");
  const FakeServer refusing([](const Request&) { return failed("not today"); });
  EXPECT_EQ(error_of(refusing.endpoint()), "its reflection says: not today");
  const FakeServer garbage([](const Request& request) {
    if (request.has_list_services()) return list({"a.B"});
    Answer answer;
    answer.mutable_files()->add_file("\xff\xff");
    return answer;
  });
  EXPECT_EQ(error_of(garbage.endpoint()), "its reflection gives files that cannot be read");
}

TEST(GrpcPeers, WithoutReflectionLeadToTheProtoFile) {
  const FakeServer server(nullptr);
  EXPECT_EQ(error_of(server.endpoint()),
            "the server has no reflection; give its .proto file (proto) or a descriptor set");
}

TEST(GrpcPeers, ThatSpeakHttp1AreRecognised) {
  const ScriptedPeer peer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(error_of(peer.endpoint()),
            "it speaks HTTP/1.1 there and no HTTP/2, so no gRPC; is this the right port?");
}

TEST(GrpcPeers, ThatSpeakTlsAreRecognised) {
  const TestCertificate certificate;
  const FakeServer server(nullptr, certificate.server_credentials());
  // gRPC's own server closes; others send an alert first.
  EXPECT_EQ(error_of(server.endpoint()),
            "it closes plain connections at once, as servers do that want TLS; try grpcs:// or "
            "\"tls\": true");
  const ScriptedPeer alerting(std::string("\x15\x03\x03\x00\x02\x02\x46", 7));
  EXPECT_EQ(
      error_of(alerting.endpoint(), std::nullopt, std::chrono::milliseconds(300)),
      "it speaks TLS there, and a plain connection was asked for; write grpcs:// or \"tls\": true");
}

TEST(GrpcPeers, ThatSpeakNoTlsAreRecognised) {
  const FakeServer server(nullptr);
  const std::string expected =
      "it speaks no TLS there; for a plain connection write grpc:// or leave \"tls\" out";
  EXPECT_EQ(error_of(server.endpoint(), TlsOptions{}), expected);
  EXPECT_EQ(error_of(server.endpoint(), trusting_anybody()), expected);
}

TEST(GrpcPeers, OfAnUnknownCaAreNotTrusted) {
  const TestCertificate certificate;
  const FakeServer server(nullptr, certificate.server_credentials());
  EXPECT_NE(error_of(server.endpoint(), TlsOptions{}).find("its certificate is not trusted"),
            std::string::npos);
}

TEST(GrpcPeers, ThatAreNotThereAreNamed) {
  Endpoint gone;
  { gone = ScriptedPeer("").endpoint(); }
  EXPECT_EQ(error_of(gone), "nobody listens there (connection refused)");
}

TEST(GrpcPeers, ThatSayNothingEndByTheTimeout) {
  const ScriptedPeer peer("");
  EXPECT_EQ(error_of(peer.endpoint(), std::nullopt, std::chrono::milliseconds(300)),
            "no answer within 300 ms");
}

TEST(GrpcPeers, NeedFilesThatAreThere) {
  const auto schema = reflect_grpc_schema({}, trusting("/no/such.pem"), kTimeout);
  ASSERT_FALSE(schema);
  EXPECT_NE(schema.error().message.find("/no/such.pem"), std::string::npos)
      << schema.error().message;
}

}  // namespace
}  // namespace tracetax
