// The connections of one worker: opens them, has them watched and hands out the calls that are
// free. Knows nothing of requests or time. Not shared between threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/load/poller.h"
#include "harness/load/session/connection.h"
#include "harness/load/session/ring.h"

namespace tracetax {

class ConnectionPool {
 public:
  /// `size` connections for `streams` calls each. `address` and `poller` must outlive it. Opens
  /// nothing yet.
  ConnectionPool(const SocketAddress& address, int size, int streams, Poller& poller);
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  /// Closes the connection and begins to connect anew: `connecting`, or `closed` with errno set if
  /// that failed at once.
  void reopen(Connection& connection) noexcept;
  void close(Connection& connection) noexcept;
  /// Asks for news of the connection; what is true already is told again.
  void watch(Connection& connection, bool for_write) noexcept {
    connection.wants_write = for_write;
    poller_.watch_again(connection.transport.fd(), slot_of(connection), for_write);
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

  /// The connection that the poller knows by this number.
  [[nodiscard]] Connection& at(std::uint32_t slot) noexcept { return connections_[slot]; }
  [[nodiscard]] std::size_t calls() const noexcept { return calls_.size(); }
  [[nodiscard]] std::span<Connection> all() noexcept { return connections_; }

 private:
  [[nodiscard]] std::uint32_t slot_of(const Connection& connection) const noexcept {
    return static_cast<std::uint32_t>(&connection - connections_.data());
  }

  const SocketAddress& address_;
  Poller& poller_;
  std::vector<Connection> connections_;
  std::vector<Call> calls_;
  Ring<std::uint32_t> idle_;  // calls, by index
};

}  // namespace tracetax
