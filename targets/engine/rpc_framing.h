// How framed RPC protocols carry a call and its answer: bytes to what an exchange needs, and back.
// One implementation per family of protocols; the bytes themselves are harness/wire's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/wire/tars_packet.h"
#include "harness/wire/thrift_frame.h"
#include "harness/wire/ttheader.h"
#include "targets/request/exchange.h"

namespace tracetax {

/// A call as its frame says; reused by the next one of its connection. Views are into the frame.
struct RpcCall {
  Exchange::Headers headers;
  std::string_view method;    // as it is named on the wire: "Echo"
  std::string_view body;      // what the codec decodes
  std::string_view protocol;  // "Framed", "TTHeader", "TTHeader|Framed", "PurePayload", "TARS"
  std::int64_t id = 0;
  bool wants_answer = true;

  bool protobuf = false;  // Kitex
  TtHeader ttheader;
  TarsRequest tars;
};

/// Any thread.
class CallFraming {
 public:
  virtual ~CallFraming() = default;
  [[nodiscard]] virtual FrameEnd find(std::string_view stream) const noexcept = 0;
  /// False: not a call; its connection ends.
  [[nodiscard]] virtual bool read(std::string_view frame, RpcCall& call) const = 0;
  /// Appends the answer to `call` that the exchange holds: a result, or the protocol's own error
  /// for a status of 400 and more.
  virtual void write(const RpcCall& call, const Exchange& exchange, std::string& out) const = 0;
  [[nodiscard]] virtual std::string_view describe() const = 0;
};

/// Framed Thrift and kitex-pb, both behind TTHeader, and bare Thrift, told apart by their first
/// bytes as Kitex's server does it.
[[nodiscard]] std::unique_ptr<const CallFraming> make_kitex_framing();
[[nodiscard]] std::unique_ptr<const CallFraming> make_tars_framing();

/// The largest frame that a server takes, as its HTTP neighbours take no larger bodies.
inline constexpr std::size_t kRpcFrameLimit = 1024 * 1024 + kTtHeaderMax;

}  // namespace tracetax
