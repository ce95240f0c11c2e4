// SPDX-License-Identifier: Apache-2.0
#include "harness/load/connection_pool.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/load/monotonic.h"

namespace tracetax {
namespace {

constexpr int kEventsMax = 256;

}  // namespace

ConnectionPool::ConnectionPool(const SocketAddress& address, int size)
    : address_(address),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      connections_(static_cast<std::size_t>(size)),
      idle_(static_cast<std::size_t>(size)) {}

ConnectionPool::~ConnectionPool() {
  for (Connection& connection : connections_) close_connection(connection);
  if (epoll_fd_ >= 0) close(epoll_fd_);
}

Status ConnectionPool::open_all(const Endpoint& endpoint, Nanos timeout) {
  const std::string place = fmt::format("{}:{}", endpoint.host, endpoint.port);
  const auto refused = [&](int error) {
    const char* advice = error == EMFILE ? "; raise `ulimit -n` or use fewer connections" : "";
    return failure(ExitCode::invalid,
                   fmt::format("cannot connect to {}: {}{}", place, std::strerror(error), advice));
  };
  if (epoll_fd_ < 0) return refused(EMFILE);
  const std::int64_t deadline_ns = monotonic_ns() + timeout.count();
  for (Connection& connection : connections_) {
    reopen(connection);
    if (connection.state == Connection::State::closed) return refused(errno);
  }
  std::size_t open = 0;
  while (open < connections_.size()) {
    if (monotonic_ns() > deadline_ns) {
      return failure(ExitCode::invalid,
                     fmt::format("only {} of {} connections to {} were accepted within {}", open,
                                 connections_.size(), place, format_duration(timeout)));
    }
    epoll_event events[kEventsMax];
    const int n = epoll_wait(epoll_fd_, events, kEventsMax, 10);
    for (int i = 0; i < n; ++i) {
      Connection& connection = of(events[i]);
      if (connection.state != Connection::State::connecting) continue;
      if (const int error = connect_error(connection); error != 0) return refused(error);
      watch(connection, false);
      add_idle(connection);
      ++open;
    }
  }
  return {};
}

void ConnectionPool::reopen(Connection& connection) noexcept {
  close_connection(connection);
  open_connection(connection, address_);
  if (connection.state == Connection::State::connecting) update(connection, EPOLL_CTL_ADD, true);
}

void ConnectionPool::update(Connection& connection, int operation, bool for_write) noexcept {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  if (for_write) event.events |= EPOLLOUT;
  event.data.u32 = slot_of(connection);
  connection.wants_write = for_write;
  epoll_ctl(epoll_fd_, operation, connection.fd, &event);
}

}  // namespace tracetax
