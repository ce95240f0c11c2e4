// SPDX-License-Identifier: Apache-2.0
#include "targets/service/grpc_standard.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <array>
#include <set>

#include "targets/stages/proto/bench.pb.h"
#include "targets/stages/proto/health.pb.h"
#include "targets/stages/proto/reflection_v1.pb.h"
#include "targets/stages/proto/reflection_v1alpha.pb.h"

namespace tracetax {
namespace {

namespace protobuf = google::protobuf;
namespace health = grpc::health::v1;
namespace reflection_v1 = grpc::reflection::v1;
namespace reflection_v1alpha = grpc::reflection::v1alpha;

// Asking the generated messages keeps their descriptors in the program.
std::array<const protobuf::FileDescriptor*, 4> served_files() {
  return {bench::v1::EchoRequest::descriptor()->file(),
          health::HealthCheckRequest::descriptor()->file(),
          reflection_v1::ServerReflectionRequest::descriptor()->file(),
          reflection_v1alpha::ServerReflectionRequest::descriptor()->file()};
}

std::vector<std::string> service_names() {
  std::vector<std::string> names;
  for (const auto* file : served_files()) {
    for (int i = 0; i < file->service_count(); ++i) names.push_back(file->service(i)->full_name());
  }
  return names;
}

grpc::Status check(const health::HealthCheckRequest& request, health::HealthCheckResponse& reply) {
  if (!request.service().empty() && std::ranges::count(service_names(), request.service()) == 0) {
    return {grpc::StatusCode::NOT_FOUND, "unknown service"};
  }
  reply.set_status(health::HealthCheckResponse::SERVING);
  return {};
}

std::unique_ptr<GrpcHandler> make_check() {
  return std::make_unique<AnswerEach<health::HealthCheckRequest, health::HealthCheckResponse>>(
      check, false);
}

// The file and all that it needs, each once, as clients expect it.
template <typename Response>
void put_files(const protobuf::FileDescriptor* file, Response& response) {
  std::set<const protobuf::FileDescriptor*> seen{file};
  std::vector<const protobuf::FileDescriptor*> queue{file};
  auto* out = response.mutable_file_descriptor_response();
  for (std::size_t i = 0; i < queue.size(); ++i) {
    protobuf::FileDescriptorProto proto;
    queue[i]->CopyTo(&proto);
    out->add_file_descriptor_proto(proto.SerializeAsString());
    for (int d = 0; d < queue[i]->dependency_count(); ++d) {
      if (seen.insert(queue[i]->dependency(d)).second) queue.push_back(queue[i]->dependency(d));
    }
  }
}

template <typename Response>
void put_error(grpc::StatusCode code, const std::string& message, Response& response) {
  response.mutable_error_response()->set_error_code(code);
  response.mutable_error_response()->set_error_message(message);
}

template <typename Request, typename Response>
grpc::Status reflect(const Request& request, Response& response) {
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  const protobuf::FileDescriptor* file = nullptr;
  const auto* pool = protobuf::DescriptorPool::generated_pool();
  switch (request.message_request_case()) {
    case Request::kListServices:
      for (const std::string& name : service_names()) {
        response.mutable_list_services_response()->add_service()->set_name(name);
      }
      return {};
    case Request::kFileByFilename:
      file = pool->FindFileByName(request.file_by_filename());
      if (file == nullptr) {
        put_error(grpc::StatusCode::NOT_FOUND, "no file '" + request.file_by_filename() + "'",
                  response);
      }
      break;
    case Request::kFileContainingSymbol:
      file = pool->FindFileContainingSymbol(request.file_containing_symbol());
      if (file == nullptr) {
        put_error(grpc::StatusCode::NOT_FOUND,
                  "no symbol '" + request.file_containing_symbol() + "'", response);
      }
      break;
    case Request::kFileContainingExtension:
    case Request::kAllExtensionNumbersOfType:
      put_error(grpc::StatusCode::NOT_FOUND, "no message here has extensions", response);
      break;
    case Request::MESSAGE_REQUEST_NOT_SET:
      put_error(grpc::StatusCode::INVALID_ARGUMENT, "the request asks for nothing", response);
      break;
  }
  if (file != nullptr) put_files(file, response);
  return {};
}

template <typename Request, typename Response>
std::unique_ptr<GrpcHandler> make_reflection() {
  return std::make_unique<AnswerEach<Request, Response>>(reflect<Request, Response>, true);
}

}  // namespace

GrpcMethods health_methods() { return {{"/grpc.health.v1.Health/Check", make_check}}; }

GrpcMethods reflection_methods() {
  return {{"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
           make_reflection<reflection_v1::ServerReflectionRequest,
                           reflection_v1::ServerReflectionResponse>},
          {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
           make_reflection<reflection_v1alpha::ServerReflectionRequest,
                           reflection_v1alpha::ServerReflectionResponse>}};
}

}  // namespace tracetax
