// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/blocking_connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "targets/request/steady_nanos.h"

namespace tracetax {
namespace {

constexpr std::size_t kReadSize = 4096;

tl::unexpected<Error> connect_error(const GrpcAddress& address) {
  return failure(ExitCode::invalid, fmt::format("cannot connect to {} port {}: {}", address.host,
                                                address.port, std::strerror(errno)));
}

void set_options(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{.tv_sec = kCallTimeout.count(), .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

/// False: nothing has come by then.
bool wait_to_read(int fd, Nanos deadline) {
  for (;;) {
    const Nanos left = deadline - steady_nanos();
    if (left <= Nanos(0)) return false;
    const timespec limit{.tv_sec = left / std::chrono::seconds(1),
                         .tv_nsec = (left % std::chrono::seconds(1)).count()};
    pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ppoll(&one, 1, &limit, nullptr);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace

Result<std::unique_ptr<BlockingConnection>> BlockingConnection::connect(
    const GrpcAddress& address) {
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(address.port);
  if (inet_pton(AF_INET, address.host.c_str(), &peer.sin_addr) != 1) {
    return failure(ExitCode::usage, fmt::format("'{}' is not an IPv4 address", address.host));
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return connect_error(address);
  std::unique_ptr<BlockingConnection> connection(new BlockingConnection(fd));
  set_options(fd);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
    return connect_error(address);
  }
  return connection;
}

BlockingConnection::~BlockingConnection() { close(fd_); }

bool BlockingConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool BlockingConnection::receive(std::string& into, Nanos deadline) {
  char block[kReadSize];
  if (deadline > Nanos(0) && !wait_to_read(fd_, deadline)) return false;
  for (;;) {
    const ssize_t size = recv(fd_, block, sizeof block, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    into.append(block, static_cast<std::size_t>(size));
    return true;
  }
}

}  // namespace tracetax
