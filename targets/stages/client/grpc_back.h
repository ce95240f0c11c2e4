// The service behind a service: calls to it go over one channel, with a CLIENT span and the context
// in the metadata, on the completion queue of the loop that serves the caller.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

/// A channel that neither retries by itself nor asks for a proxy. Connects at its first call.
[[nodiscard]] std::shared_ptr<grpc::Channel> open_grpc_channel(const GrpcAddress& address);

/// One call to the service behind. Alive until its tag has come back.
struct GrpcBackCall {
  grpc::ClientContext context;
  grpc::ByteBuffer answer;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  std::optional<TracedCall> traced;
};

class GrpcBack {
 public:
  /// Connects at the first call. With `propagates` false the context is not put into the metadata:
  /// the broken propagation that a receipt must name.
  GrpcBack(GrpcAddress address, bool propagates);

  /// Starts a unary call with the caller's deadline; `tag` comes out of `queue` when it has ended.
  /// `instrumentation` is null in the state `absent`, and `parent` is not looked at then.
  [[nodiscard]] std::unique_ptr<GrpcBackCall> start(const std::string& path,
                                                    const grpc::ByteBuffer& message,
                                                    std::chrono::system_clock::time_point deadline,
                                                    const GrpcInstrumentation* instrumentation,
                                                    const Span* parent,
                                                    grpc::CompletionQueue& queue, void* tag);
  [[nodiscard]] std::string describe() const;

 private:
  const GrpcAddress address_;
  const bool propagates_;
  grpc::GenericStub stub_;
};

}  // namespace tracetax
