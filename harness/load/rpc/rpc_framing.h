// How the RPC protocols over bare TCP differ, as data: where a frame ends, what an answer says. One
// session (rpc_session.h) speaks them all by this description.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/load/session/error_tally.h"
#include "harness/wire/thrift_frame.h"

namespace tracetax {

/// What the frame of an answer says, as far as the engine wants to know. Views are into the frame.
struct RpcAnswer {
  std::uint32_t sequence = 0;
  Ending ending{Ending::Kind::reply, 0};  // reply, exception or tars
  std::string_view method;                // empty: the protocol does not tell
  std::string_view body;                  // of a reply: what the message's format decodes
  std::string_view message;               // of an error
};

struct RpcFraming {
  std::string_view name;  // "framed Thrift"
  FrameLength length = FrameLength::of_the_rest;
  /// Several calls at once on a connection, told apart by their sequence.
  bool multiplexes = false;
  /// Takes apart a whole frame. False: it is no answer of this protocol.
  bool (*read)(std::string_view frame, RpcAnswer& answer) noexcept = nullptr;
};

/// The longest answer, whatever the protocol; a longer one is malformed.
inline constexpr std::size_t kRpcFrameMax = kThriftFrameMax;

extern const RpcFraming kFramedThrift;
extern const RpcFraming kTtHeader;
extern const RpcFraming kTtHeaderMux;  // as Kitex calls its multiplexed connections
extern const RpcFraming kKitexPb;
extern const RpcFraming kTtHeaderPb;  // kitex-pb in TTHeader
extern const RpcFraming kTars;

}  // namespace tracetax
