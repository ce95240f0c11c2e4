// SPDX-License-Identifier: Apache-2.0
#include "harness/load/connection.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace tracetax {

namespace {

constexpr int kProbeWait = 1000;  // ms, for each address of a name that has several

SocketAddress address_of(const addrinfo& entry) {
  SocketAddress address;
  std::memcpy(&address.storage, entry.ai_addr, entry.ai_addrlen);
  address.size = entry.ai_addrlen;
  return address;
}

bool accepts(const SocketAddress& address) noexcept {
  Connection probe;
  open_connection(probe, address);
  if (probe.state == Connection::State::closed) return false;
  pollfd connected{probe.fd, POLLOUT, 0};
  const bool accepted = poll(&connected, 1, kProbeWait) == 1 && connect_error(probe) == 0;
  close_connection(probe);
  return accepted;
}

}  // namespace

Result<SocketAddress> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int code =
      getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (code != 0) {
    return failure(ExitCode::usage, fmt::format("host '{}' cannot be looked up: {}", endpoint.host,
                                                gai_strerror(code)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, &freeaddrinfo};
  if (found->ai_next != nullptr) {
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
      if (accepts(address_of(*entry))) return address_of(*entry);
    }
  }
  return address_of(*found);
}

void open_connection(Connection& connection, const SocketAddress& address) noexcept {
  connection.unread.clear();
  connection.unsent.clear();
  connection.unsent_at = 0;
  connection.wants_write = false;
  connection.answered_once = connection.peer_closed = false;
  connection.state = Connection::State::closed;
  connection.fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection.fd < 0) return;
  const int on = 1;
  // Without it a request split over two segments would wait for the peer's delayed acknowledgement.
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address.storage);
  if (connect(connection.fd, generic, address.size) != 0 && errno != EINPROGRESS) {
    const int error = errno;
    close_connection(connection);
    errno = error;
    return;
  }
  connection.state = Connection::State::connecting;
}

void close_connection(Connection& connection) noexcept {
  if (connection.fd >= 0) close(connection.fd);
  connection.fd = -1;
  connection.state = Connection::State::closed;
}

int connect_error(const Connection& connection) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(connection.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace tracetax
