// SPDX-License-Identifier: Apache-2.0
#include "harness/load/connection_pool.h"

#include <unistd.h>

namespace tracetax {

ConnectionPool::ConnectionPool(const SocketAddress& address, int size, int streams)
    : address_(address),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      connections_(static_cast<std::size_t>(size)),
      calls_(static_cast<std::size_t>(size) * static_cast<std::size_t>(streams)),
      idle_(calls_.size()) {
  const auto each = static_cast<std::size_t>(streams);
  for (std::size_t c = 0; c < connections_.size(); ++c) {
    connections_[c].calls = std::span(calls_).subspan(c * each, each);
    for (Call& call : connections_[c].calls) call.connection = &connections_[c];
  }
}

ConnectionPool::~ConnectionPool() {
  if (epoll_fd_ >= 0) ::close(epoll_fd_);
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
  update(connection, EPOLL_CTL_ADD, true);
}

void ConnectionPool::update(Connection& connection, int operation, bool for_write) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  if (for_write) event.events |= EPOLLOUT;
  event.data.u32 = static_cast<std::uint32_t>(&connection - connections_.data());
  connection.wants_write = for_write;
  epoll_ctl(epoll_fd_, operation, connection.transport.fd(), &event);
}

}  // namespace tracetax
