// A grpc++ channel to a target for questions before a run, and why such a question got no answer,
// in words that say what to do. No load goes through it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <optional>
#include <string>

#include "harness/core/text/units.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

inline constexpr int kGrpcAnswerMax = 64 << 20;  // bytes of one message

/// "host:port", with brackets where IPv6 needs them.
[[nodiscard]] std::string grpc_address(const Endpoint& endpoint);

/// Connects at the first call. Plain without `tls`. Usage error for files that cannot be read. From
/// now on gRPC itself logs nothing but failed assertions, unless GRPC_VERBOSITY is set.
[[nodiscard]] Result<std::shared_ptr<grpc::Channel>> connect_grpc(
    const Endpoint& endpoint, const std::optional<TlsOptions>& tls);

/// What a call that failed means. If nobody could be reached by a plain connection, it looks at
/// what is there instead, for at most half a second. `timeout` is what the call was given.
[[nodiscard]] std::string explain_grpc_failure(const grpc::Status& status, const Endpoint& endpoint,
                                               bool is_secure, Nanos timeout);

}  // namespace tracetax
