// The receiving side of two Dapr sidecars: CallLocalStream, whose request comes in messages, is
// walked through a chain as the HTTP request that it carries, and the answer goes back in messages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/stages/client/grpc_chain.h"

namespace tracetax {

/// As make_chain_handler. Any other method is UNIMPLEMENTED.
[[nodiscard]] std::unique_ptr<GrpcHandler> make_dapr_handler(const Chain& chain,
                                                             const GrpcAddress& local,
                                                             grpc::GenericServerContext& context);

}  // namespace tracetax
