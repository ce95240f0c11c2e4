// SPDX-License-Identifier: Apache-2.0
#include "harness/run/process/ports.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

class Socket {
 public:
  explicit Socket(int family) : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// Bound to the port, or -1; 0 lets the system choose. Returns the port.
int bound_port(const Socket& socket, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  // As servers do; otherwise connections of the last target in TIME_WAIT would look like a user.
  const int yes = 1;
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(socket.fd(), generic, size) != 0 || getsockname(socket.fd(), generic, &size) != 0)
    return -1;
  return ntohs(address.sin_port);
}

/// TCP lets a socket connect to itself, where nobody listens on a port of the ephemeral range and
/// the system chose that port for the caller's end.
bool is_connected_to_itself(const Socket& socket) {
  sockaddr_storage own{}, peer{};
  socklen_t own_size = sizeof own, peer_size = sizeof peer;
  return getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&own), &own_size) == 0 &&
         getpeername(socket.fd(), reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0 &&
         own_size == peer_size && std::memcmp(&own, &peer, own_size) == 0;
}

}  // namespace

Result<int> free_port() {
  const Socket socket{AF_INET};
  const int port = socket.fd() < 0 ? -1 : bound_port(socket, 0);
  if (port > 0) return port;
  return failure(ExitCode::internal,
                 fmt::format("no free TCP port on 127.0.0.1: {}", strerror(errno)));
}

bool port_is_free(int port) {
  const Socket socket{AF_INET};
  return socket.fd() >= 0 && bound_port(socket, port) == port && listen(socket.fd(), 1) == 0;
}

bool accepts_connections(const Endpoint& endpoint, Nanos within) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(endpoint.port);
  if (getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses{found, freeaddrinfo};
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const Socket socket{address->ai_family};
    if (socket.fd() < 0 || fcntl(socket.fd(), F_SETFL, O_NONBLOCK) != 0) continue;
    if (connect(socket.fd(), address->ai_addr, address->ai_addrlen) == 0)
      return !is_connected_to_itself(socket);
    if (errno != EINPROGRESS) continue;
    pollfd watched{socket.fd(), POLLOUT, 0};
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(within).count();
    if (poll(&watched, 1, static_cast<int>(millis)) <= 0) continue;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) return !is_connected_to_itself(socket);
  }
  return false;
}

Result<Endpoint> endpoint_of_url(const std::string& url) {
  const UrlParts parts = split_url(url);
  const bool http = parts.scheme == "http";
  const bool usual = http && (parts.after_host.empty() || parts.after_host == ":");
  const auto port = usual                               ? std::uint16_t{80}
                    : parts.after_host.starts_with(':') ? parse_port(parts.after_host.substr(1))
                                                        : std::nullopt;
  if ((!http && parts.scheme != "tcp") || parts.host.empty() || !port) {
    return failure(ExitCode::usage,
                   fmt::format("'{}' is not an address; right are http://127.0.0.1:8080/healthz or "
                               "tcp://127.0.0.1:8080",
                               url));
  }
  return Endpoint{std::string{parts.host}, *port};
}

std::string path_of_url(const std::string& url) {
  const std::string_view whole = split_url(url).path;
  const std::string_view path = whole.substr(0, whole.find('#'));
  return fmt::format("{}{}", path.starts_with('/') ? "" : "/", path);
}

}  // namespace tracetax
