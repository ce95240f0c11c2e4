// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_reflection.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/impl/codegen/method_handler.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "scenarios/grpc/testing.h"
#include "scenarios/testdata/kinds.pb.h"

namespace tracetax {
namespace {

constexpr Nanos kTimeout = std::chrono::seconds(20);

/// Makes the server list kinds.v1.Test; nobody calls it.
class KindsService : public grpc::Service {
 public:
  KindsService() {
    AddMethod(new grpc::internal::RpcServiceMethod(
        "/kinds.v1.Test/Take", grpc::internal::RpcMethod::NORMAL_RPC,
        new grpc::internal::UnknownMethodHandler("not served")));
  }
};

/// A server with reflection, of v1alpha in this version of gRPC.
class ReflectionServer {
 public:
  explicit ReflectionServer(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    (void)kinds::v1::Kinds::descriptor();  // links it in
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    endpoint_.port = port;
  }
  ~ReflectionServer() { server_->Shutdown(); }
  ReflectionServer(const ReflectionServer&) = delete;
  ReflectionServer& operator=(const ReflectionServer&) = delete;
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  KindsService service_;
  std::unique_ptr<grpc::Server> server_;
  Endpoint endpoint_{.host = "127.0.0.1", .port = 0};
};

TEST(GrpcReflection, ReadsTheSchemaOfALiveServer) {
  const ReflectionServer server(grpc::InsecureServerCredentials());
  const auto schema = reflect_grpc_schema(server.endpoint(), std::nullopt, kTimeout);
  ASSERT_TRUE(schema) << schema.error().message;
  const auto method = schema->find_method("kinds.v1.Test/Take");
  ASSERT_TRUE(method) << method.error().message;
  EXPECT_EQ(method->input->DebugString(), kinds::v1::Kinds::descriptor()->DebugString());
  EXPECT_EQ(method->input->FindFieldByName("any_object")->message_type()->full_name(),
            "google.protobuf.Struct");
}

TEST(GrpcReflection, AsksOverTlsWithTheCaGiven) {
  const TestCertificate certificate;
  const ReflectionServer server(certificate.server_credentials());
  const auto schema =
      reflect_grpc_schema(server.endpoint(), trusting(certificate.cert_file()), kTimeout);
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_TRUE(schema->find_method("kinds.v1.Test/Take"));
}

TEST(GrpcReflection, TakesAnyCertificateWhenInsecure) {
  const TestCertificate certificate;
  const ReflectionServer server(certificate.server_credentials());
  const auto schema = reflect_grpc_schema(server.endpoint(), trusting_anybody(), kTimeout);
  EXPECT_TRUE(schema) << schema.error().message;
}

TEST(GrpcReflection, ShowsItsOwnCertificate) {
  const TestCertificate certificate;
  const ReflectionServer server(certificate.server_credentials(true));
  TlsOptions tls = trusting(certificate.cert_file());
  EXPECT_FALSE(reflect_grpc_schema(server.endpoint(), tls, kTimeout));
  tls.cert_file = certificate.cert_file();
  tls.key_file = certificate.key_file();
  const auto schema = reflect_grpc_schema(server.endpoint(), tls, kTimeout);
  EXPECT_TRUE(schema) << schema.error().message;
}

TEST(GrpcReflection, ExpectsTheServerNameGiven) {
  const TestCertificate certificate;
  const ReflectionServer server(certificate.server_credentials());
  const auto with_name = [&](const char* name) {
    TlsOptions tls = trusting(certificate.cert_file());
    tls.server_name = name;
    return reflect_grpc_schema(server.endpoint(), tls, kTimeout);
  };
  EXPECT_TRUE(with_name("localhost"));
  const auto other = with_name("example.org");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("certificate is for another name"), std::string::npos)
      << other.error().message;
}

}  // namespace
}  // namespace tracetax
