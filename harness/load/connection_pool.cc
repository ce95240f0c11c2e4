// SPDX-License-Identifier: Apache-2.0
#include "harness/load/connection_pool.h"

namespace tracetax {

ConnectionPool::ConnectionPool(const SocketAddress& address, int size, int streams, Poller& poller)
    : address_(address),
      poller_(poller),
      connections_(static_cast<std::size_t>(size)),
      calls_(static_cast<std::size_t>(size) * static_cast<std::size_t>(streams)),
      idle_(calls_.size()) {
  const auto each = static_cast<std::size_t>(streams);
  for (std::size_t c = 0; c < connections_.size(); ++c) {
    connections_[c].calls = std::span(calls_).subspan(c * each, each);
    for (Call& call : connections_[c].calls) call.connection = &connections_[c];
  }
}

void ConnectionPool::close(Connection& connection) noexcept {
  connection.transport.close();
  connection.state = Connection::State::closed;
  connection.has_output = false;  // else it would be flushed into nothing, and fail once more
}

void ConnectionPool::reopen(Connection& connection) noexcept {
  close(connection);
  connection.answered_once = connection.peer_closed = false;
  connection.transport.open(begin_to_connect(address_));
  if (!connection.transport.is_open()) return;
  connection.state = Connection::State::connecting;
  connection.wants_write = true;
  poller_.watch(connection.transport.fd(), slot_of(connection), true);
}

}  // namespace tracetax
