// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/blocking_connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tracetax {
namespace {

constexpr std::size_t kReadSize = 4096;

tl::unexpected<Error> connect_error(const GrpcAddress& address) {
  return failure(ExitCode::invalid, fmt::format("cannot connect to {} port {}: {}", address.host,
                                                address.port, std::strerror(errno)));
}

void set_time(int fd, int which, std::chrono::milliseconds time) {
  const timeval limit{.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
  setsockopt(fd, SOL_SOCKET, which, &limit, sizeof limit);
}

void set_options(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_time(fd, SO_RCVTIMEO, kCallTimeout);
  set_time(fd, SO_SNDTIMEO, kCallTimeout);
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

bool BlockingConnection::receive(std::string& into, std::chrono::nanoseconds within) {
  if (within.count() <= 0) return false;
  // In whole milliseconds a client's time-out is the same for each call, and set once.
  if (const auto time = std::chrono::ceil<std::chrono::milliseconds>(within); time != within_) {
    within_ = time;
    set_time(fd_, SO_RCVTIMEO, time);
  }
  char block[kReadSize];
  for (;;) {
    const ssize_t size = recv(fd_, block, sizeof block, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    into.append(block, static_cast<std::size_t>(size));
    return true;
  }
}

}  // namespace tracetax
