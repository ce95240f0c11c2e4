// The exchange of an HTTP request as the messages of two Dapr sidecars, and back: metadata as lists
// of strings by header name, the body in numbered pieces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "targets/request/exchange.h"
#include "targets/stages/proto/dapr.pb.h"

namespace tracetax {

using DaprRequest = dapr::proto::internals::v1::InternalInvokeRequestStream;
using DaprResponse = dapr::proto::internals::v1::InternalInvokeResponseStream;

inline constexpr std::string_view kDaprMethod =
    "/dapr.proto.internals.v1.ServiceInvocation/CallLocalStream";
/// Bodies go in pieces of this size.
inline constexpr std::size_t kDaprPiece = 4096;
/// A body beyond this is refused.
inline constexpr std::size_t kDaprBodyLimit = 4 * 1024 * 1024;

/// "/v1.0/invoke/APP/method/PATH", as Dapr's HTTP API has it; false: another path.
struct DaprInvocation {
  std::string_view app;
  std::string_view path;  // with its slash
};
[[nodiscard]] bool parse_invocation(std::string_view path, DaprInvocation& invocation);

/// The messages of a request with this path, at least one.
[[nodiscard]] std::vector<DaprRequest> make_dapr_request(const Exchange& exchange,
                                                         std::string_view path);
/// The messages of the answer that the exchange holds.
[[nodiscard]] std::vector<DaprResponse> make_dapr_response(const Exchange& exchange);

/// A verb's name; "GET" for one that is unknown.
[[nodiscard]] std::string_view dapr_verb(int number);

}  // namespace tracetax
