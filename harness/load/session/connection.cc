// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/connection.h"

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
  Transport probe;
  probe.open(begin_to_connect(address));
  if (!probe.is_open()) return false;
  pollfd connected{probe.fd(), POLLOUT, 0};
  return poll(&connected, 1, kProbeWait) == 1 && connect_error(probe.fd()) == 0;
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

int begin_to_connect(const SocketAddress& address) noexcept {
  const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  // Without it a request split over two segments would wait for the peer's delayed acknowledgement.
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address.storage);
  if (connect(fd, generic, address.size) == 0 || errno == EINPROGRESS) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int connect_error(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace tracetax
