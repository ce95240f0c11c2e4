// RPC in length-prefixed frames on one connection: framed Thrift, TTHeader, kitex-pb and Tars, by
// their descriptions in rpc_framing.h. Calls are queued and written together by flush(). Where the
// protocol tells calls apart by a sequence, several are in flight and answers may come in any
// order.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/load/rpc/rpc_framing.h"
#include "harness/load/session/session.h"

namespace tracetax {

class RpcSession final : public Session {
 public:
  /// For as many calls at once as the connection has places.
  RpcSession(SessionOwner& owner, Connection& connection, PreparedScenario& scenario,
             bool keep_bodies);

  void start(std::int64_t at_ns) override;
  void begin(Call& call) override;
  [[nodiscard]] Fate take(std::string_view bytes, std::int64_t at_ns) override;
  void end_of_stream(std::int64_t at_ns) override;
  [[nodiscard]] Flush flush() override;
  [[nodiscard]] bool cancel(Call& call) override;
  [[nodiscard]] ErrorKind error() const override { return error_; }
  [[nodiscard]] std::string explain() const override;

 private:
  // Of the call in a place, which is its index in the connection's calls.
  struct Flight {
    std::uint32_t sequence = 0;  // round * places + place, with rounds from 1
    std::uint64_t ends_at = 0;   // its request, in the bytes of this connection
  };

  [[nodiscard]] std::uint32_t next_sequence(std::uint32_t last, std::size_t place) const;
  [[nodiscard]] Call* call_of(const RpcAnswer& answer);
  [[nodiscard]] bool is_late(std::uint32_t sequence) const;
  [[nodiscard]] bool take_frame(std::string_view frame, std::int64_t at_ns);
  void end(Call& call, const RpcAnswer& answer, std::int64_t at_ns);

  SessionOwner& owner_;
  Connection& connection_;
  PreparedScenario& scenario_;
  const RpcFraming& framing_;
  bool keep_bodies_;
  ErrorKind error_ = ErrorKind::malformed;
  std::vector<Flight> flights_;  // by place
  std::uint64_t abandoned_ = 0;  // calls given up whose answers may still come
  std::vector<Call*> unsent_;    // queued, and not told as sent
  std::string output_;  // bounded: a request for each place, and less than kKeptSent behind
  std::size_t output_at_ = 0;
  // Bytes of this connection: queued, seen by flush(), written.
  std::uint64_t queued_ = 0, flushed_ = 0, written_ = 0;
  std::string unread_;     // of an answer that came in pieces; at most kRpcFrameMax
  std::string beginning_;  // of an answer that was none
  std::string reason_;
};

}  // namespace tracetax
