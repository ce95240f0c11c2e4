// One connection of a framed RPC protocol from accept to close, as a coroutine. Calls are handled
// in the order in which they came; answers to calls that came together go out together.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/engine/rpc_framing.h"
#include "targets/engine/tcp_server.h"
#include "targets/request/stage.h"

namespace tracetax {

/// Serves until the peer closes or sends what is no call. Then it closes too, because these
/// protocols have no way to say why. Idle, it holds a 4 KiB buffer. `chain` and `framing` must
/// outlive it.
[[nodiscard]] ConnectionTask serve_rpc(ConnectionSocket socket, const Chain& chain,
                                       const CallFraming& framing);

}  // namespace tracetax
