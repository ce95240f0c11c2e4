// One client connection: a non-blocking TCP socket, the answer being read and the request it answers.
// Plain state; the worker that owns it drives it. Not shared between threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "harness/core/error.h"
#include "harness/load/http_response.h"
#include "harness/load/scenario.h"

namespace tracetax {

/// A resolved endpoint.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};
/// Looks the host up (numeric or by name). Of several addresses (localhost is often ::1 and 127.0.0.1)
/// it takes the first that accepts a connection now, else the first. Blocking; before any timing.
[[nodiscard]] Result<SocketAddress> resolve(const Endpoint& endpoint);

struct Connection {
  enum class State { closed, connecting, idle, busy };

  State state = State::closed;
  int fd = -1;
  bool queued_idle = false;       // has an entry in the pool's line of idle connections
  bool wants_write = false;       // EPOLLOUT is armed
  bool answered_once = false;     // since it was opened: tells a picky server from a dead one
  bool peer_closed = false;       // nothing follows what is in the socket's buffer
  HttpResponseReader reader;
  std::string unread;             // of an answer's head that came in pieces
  std::string unsent;             // of a request that did not fit the socket buffer
  std::size_t unsent_at = 0;
  std::int64_t wake_at_ns = 0;    // closed: when to connect again; connecting: when to give that up

  // The request in flight; times in ns since the phase began.
  std::uint64_t number = 0;
  bool sampled = false;
  std::int64_t due_ns = 0;
  std::int64_t send_ns = 0;
};

/// Starts to connect: leaves the connection `connecting`, or `closed` with errno set if that failed.
void open_connection(Connection& connection, const SocketAddress& address) noexcept;
void close_connection(Connection& connection) noexcept;
/// Whether a pending connect succeeded: 0, or the error number.
[[nodiscard]] int connect_error(const Connection& connection) noexcept;

}  // namespace tracetax
