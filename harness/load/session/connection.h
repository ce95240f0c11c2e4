// One client connection: a socket, the protocol spoken on it and the calls it may carry. Plain
// state; the worker that owns it drives it. Not shared between threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "harness/core/text/error.h"
#include "harness/load/session/scenario.h"
#include "harness/load/session/session.h"
#include "harness/load/session/transport.h"

namespace tracetax {

/// A resolved endpoint.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};
/// Looks the host up (numeric or by name). Of several addresses (localhost is often ::1 and
/// 127.0.0.1) it takes the first that accepts a connection now, else the first. Blocking; before
/// any timing.
[[nodiscard]] Result<SocketAddress> resolve(const Endpoint& endpoint);

struct Connection {
  enum class State : std::uint8_t {
    closed,
    connecting,
    securing,  // TLS handshake
    greeting,  // the protocol's own
    open       // carries calls
  };

  State state = State::closed;
  Transport transport;
  std::unique_ptr<Session> session;
  std::span<Call> calls;
  int busy = 0;                 // of the calls
  int again = 0;                // of those: to be sent anew, once it has been opened anew
  int calls_max = 0;            // how many may be, as the session has it
  bool takes_calls = false;     // whether more may begin, as the session has it
  bool wants_write = false;     // to be told when the socket takes more
  bool has_output = false;      // the session wants flush()
  bool queued_output = false;   // and is on the worker's list for that
  bool answered_once = false;   // since it was opened: tells a picky server from a dead one
  bool peer_closed = false;     // nothing follows what is in the socket's buffer
  std::uint64_t turn = 0;       // scenario keeps cookies: how far it has come in its requests
  std::string location;         // HTTP: of the last answer that pointed elsewhere
  std::string outcome;          // HTTP/1.1: X-Outcome of the last answer, if it is read
  std::int64_t wake_at_ns = 0;  // closed: when to connect again; not open yet: when to give that up
};

/// Which of the `size` requests of the scenario the call sends.
[[nodiscard]] inline std::size_t request_of(Call& call, const PreparedScenario& scenario,
                                            std::size_t size) noexcept {
  if (call.retries == 0) {
    const std::uint64_t k = scenario.keeps_cookies ? call.connection->turn++ : call.number;
    call.request = static_cast<std::uint32_t>(scenario.index_of(k, size));
  }
  return call.request;
}

/// A socket that has begun to connect; -1 with errno set if that failed.
[[nodiscard]] int begin_to_connect(const SocketAddress& address) noexcept;
/// Whether a pending connect succeeded: 0, or the error number.
[[nodiscard]] int connect_error(int fd) noexcept;

}  // namespace tracetax
