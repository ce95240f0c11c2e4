// A unary gRPC call walked through a chain of stages, for frameworks whose interceptors are stages:
// metadata become headers, the message the body, and the answer's status a gRPC code. Streams are
// not for chains.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <memory>

#include "targets/request/grpc_handler.h"
#include "targets/request/stage.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

/// Makes the handler of a call that a chain answers.
using MakeChainHandler = std::unique_ptr<GrpcHandler> (*)(const Chain& chain,
                                                          const GrpcAddress& local,
                                                          grpc::GenericServerContext& context);

/// All three must outlive the handler, which lives as long as its call.
[[nodiscard]] std::unique_ptr<GrpcHandler> make_chain_handler(const Chain& chain,
                                                              const GrpcAddress& local,
                                                              grpc::GenericServerContext& context);

}  // namespace tracetax
