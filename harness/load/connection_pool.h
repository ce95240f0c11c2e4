// The connections of one worker: opens them, watches them through one epoll and hands out the idle ones.
// Knows nothing of requests or time. Not shared between threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <span>
#include <vector>

#include "harness/load/connection.h"
#include "harness/load/ring.h"

namespace tracetax {

class ConnectionPool {
 public:
  /// `address` must outlive it. Opens nothing yet.
  ConnectionPool(const SocketAddress& address, int size);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  /// Opens all; returns when they are open and idle. Error (invalid) names `endpoint` and the reason.
  [[nodiscard]] Status open_all(const Endpoint& endpoint, Nanos timeout);

  /// Closes the connection and begins to connect anew: `connecting`, or `closed` if that failed at once.
  void reopen(Connection& connection) noexcept;
  /// Asks for events of the connection, edge-triggered; what is true already is told again.
  void watch(Connection& connection, bool for_write) noexcept { update(connection, EPOLL_CTL_MOD, for_write); }

  /// Makes the connection `idle`, last in the line of those.
  void add_idle(Connection& connection) noexcept {
    connection.state = Connection::State::idle;
    if (connection.queued_idle) return;
    connection.queued_idle = true;
    idle_.push(slot_of(connection));
  }
  /// The connection that has been idle the longest, so that each carries its share; null if none is.
  [[nodiscard]] Connection* take_idle() noexcept {
    while (!idle_.empty()) {
      Connection& connection = connections_[idle_.pop()];
      connection.queued_idle = false;
      if (connection.state == Connection::State::idle) return &connection;  // else closed meanwhile
    }
    return nullptr;
  }

  [[nodiscard]] int epoll_fd() const noexcept { return epoll_fd_; }
  /// The connection that an event is about.
  [[nodiscard]] Connection& of(const epoll_event& event) noexcept { return connections_[event.data.u32]; }
  [[nodiscard]] std::span<Connection> all() noexcept { return connections_; }

 private:
  [[nodiscard]] std::uint32_t slot_of(const Connection& connection) const noexcept {
    return static_cast<std::uint32_t>(&connection - connections_.data());
  }
  void update(Connection& connection, int operation, bool for_write) noexcept;

  const SocketAddress& address_;
  int epoll_fd_;
  std::vector<Connection> connections_;
  Ring<std::uint32_t> idle_;  // slots
};

}  // namespace tracetax
