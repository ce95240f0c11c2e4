// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc_reflection.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

namespace tracetax {
namespace {
TEST(GrpcReflection, Look) {
  grpc::EnableDefaultHealthCheckService(true);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  auto server = builder.BuildAndStart();
  auto show = [](const char* what, int p, std::optional<GrpcTls> tls) {
    auto s = reflect_grpc_schema({"127.0.0.1", p}, tls, std::chrono::seconds(3));
    printf("%s: %s\n", what, s ? "ok" : s.error().message.c_str());
    if (s) for (auto& m : s->methods()) printf("   %s\n", m.path.c_str());
    fflush(stdout);
  };
  show("no reflection", port, {});
  show("tls to plain", port, GrpcTls{});
  show("tls insecure to plain", port, GrpcTls{.insecure = true});
  server->Shutdown();
  show("closed", port, {});
  if (getenv("HTTP1")) show("http1", atoi(getenv("HTTP1")), {});
  if (getenv("HTTP1")) show("http1 tls", atoi(getenv("HTTP1")), GrpcTls{});
  if (getenv("TLS")) show("plain to tls", atoi(getenv("TLS")), {});
  if (getenv("TLS")) show("tls to tls", atoi(getenv("TLS")), GrpcTls{});
  if (getenv("TLS")) show("tls insecure to tls", atoi(getenv("TLS")), GrpcTls{.insecure=true});
  if (getenv("SILENT")) show("silent", atoi(getenv("SILENT")), {});
  if (getenv("SILENT")) show("silent tls", atoi(getenv("SILENT")), GrpcTls{});
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder b2;
  b2.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  server = b2.BuildAndStart();
  show("reflection", port, {});
  server->Shutdown();
}
}
}
