// The connections of one worker: opens them, watches them through one epoll and hands out the calls
// that are free. Knows nothing of requests or time. Not shared between threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <span>
#include <vector>

#include "harness/load/session/connection.h"
#include "harness/load/session/ring.h"

namespace tracetax {

class ConnectionPool {
 public:
  /// `size` connections for `streams` calls each. `address` must outlive it. Opens nothing yet.
  ConnectionPool(const SocketAddress& address, int size, int streams);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  /// Closes the connection and begins to connect anew: `connecting`, or `closed` with errno set if
  /// that failed at once.
  void reopen(Connection& connection) noexcept;
  void close(Connection& connection) noexcept;
  /// Asks for events of the connection, edge-triggered; what is true already is told again.
  void watch(Connection& connection, bool for_write) noexcept {
    update(connection, EPOLL_CTL_MOD, for_write);
  }

  /// Puts the call last in the line of free ones.
  void add_idle(Call& call) noexcept {
    if (call.queued_idle) return;
    call.queued_idle = true;
    idle_.push(static_cast<std::uint32_t>(&call - calls_.data()));
  }
  /// The call that has been free the longest, so that each connection carries its share; null if
  /// none is.
  [[nodiscard]] Call* take_idle() noexcept {
    while (!idle_.empty()) {
      Call& call = calls_[idle_.pop()];
      call.queued_idle = false;
      if (may_begin(call)) return &call;  // else its connection has closed or taken in its offer
    }
    return nullptr;
  }
  [[nodiscard]] static bool may_begin(const Call& call) noexcept {
    const Connection& connection = *call.connection;
    return !call.busy && connection.state == Connection::State::open && !connection.peer_closed &&
           connection.takes_calls && connection.busy < connection.calls_max;
  }

  [[nodiscard]] int epoll_fd() const noexcept { return epoll_fd_; }
  /// The connection that an event is about.
  [[nodiscard]] Connection& of(const epoll_event& event) noexcept {
    return connections_[event.data.u32];
  }
  [[nodiscard]] std::span<Connection> all() noexcept { return connections_; }

 private:
  void update(Connection& connection, int operation, bool for_write) noexcept;

  const SocketAddress& address_;
  int epoll_fd_;
  std::vector<Connection> connections_;
  std::vector<Call> calls_;
  Ring<std::uint32_t> idle_;  // calls, by index
};

}  // namespace tracetax
