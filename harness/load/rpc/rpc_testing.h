// The other side of every RPC protocol, for scripts of testing.h: requests taken apart, answers
// made, and a scenario that asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/load/rpc/rpc_framing.h"
#include "harness/load/testing.h"

namespace tracetax::testing {

/// An Echo as it arrived.
struct RpcRequest {
  std::uint32_t sequence = 0;
  std::string method, text;
  std::string traceparent;  // empty: the request carried none
};

enum class RpcKind { framed_thrift, ttheader, ttheader_mux, kitex_pb, tars };
[[nodiscard]] std::string name_of(RpcKind kind);  // for the names of tests
[[nodiscard]] const RpcFraming& framing_of(RpcKind kind);
[[nodiscard]] bool carries_traceparent(RpcKind kind);

/// One Echo of `text`.
[[nodiscard]] PreparedScenario echo_scenario(RpcKind kind, std::string_view text = "hello");

/// Throws if the frame is no Echo.
[[nodiscard]] RpcRequest read_echo(RpcKind kind, std::string_view frame);
/// The frame that answers with the request's own text, method and sequence.
[[nodiscard]] std::string echo_answer(RpcKind kind, const RpcRequest& request);
/// The frame of an error: UNKNOWN_METHOD, or NO_FUNC of Tars.
[[nodiscard]] std::string echo_refusal(RpcKind kind, const RpcRequest& request);

/// Reads frames off a peer.
class FramePeer {
 public:
  FramePeer(Peer& peer, RpcKind kind) : peer_(peer), kind_(kind) {}
  /// The next request; nothing at the end of the stream.
  [[nodiscard]] std::optional<RpcRequest> read();
  void answer(const RpcRequest& request) { peer_.send(echo_answer(kind_, request)); }

 private:
  Peer& peer_;
  RpcKind kind_;
  std::string unread_;
};

}  // namespace tracetax::testing
