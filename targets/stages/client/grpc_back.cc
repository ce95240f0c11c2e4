// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/grpc_back.h"

#include <fmt/format.h>

#include <utility>

namespace tracetax {

std::shared_ptr<grpc::Channel> open_grpc_channel(const GrpcAddress& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(fmt::format("{}:{}", address.host, address.port),
                                   grpc::InsecureChannelCredentials(), arguments);
}

GrpcBack::GrpcBack(GrpcAddress address, bool propagates)
    : address_(std::move(address)), propagates_(propagates), stub_(open_grpc_channel(address_)) {}

std::unique_ptr<GrpcBackCall> GrpcBack::start(const std::string& path,
                                              const grpc::ByteBuffer& message,
                                              std::chrono::system_clock::time_point deadline,
                                              const GrpcInstrumentation* instrumentation,
                                              const Span* parent, grpc::CompletionQueue& queue,
                                              void* tag) {
  auto call = std::make_unique<GrpcBackCall>();
  call->context.set_deadline(deadline);
  if (instrumentation != nullptr) {
    const std::string_view method = std::string_view(path).substr(1);
    call->traced.emplace(instrumentation->start_client(method, *parent, address_));
    HeaderList headers;
    if (propagates_) instrumentation->inject(*call->traced, headers);
    for (const AnswerHeader& header : headers) call->context.AddMetadata(header.name, header.value);
  }
  call->reader = stub_.PrepareUnaryCall(&call->context, path, message, &queue);
  call->reader->StartCall();
  call->reader->Finish(&call->answer, &call->status, tag);
  return call;
}

std::string GrpcBack::describe() const {
  return fmt::format("forward: Echo goes on to {}:{} with a CLIENT span, {}", address_.host,
                     address_.port,
                     propagates_ ? "the context in its metadata" : "without the context");
}

}  // namespace tracetax
