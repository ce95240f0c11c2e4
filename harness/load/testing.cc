// SPDX-License-Identifier: Apache-2.0
#include "harness/load/testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "harness/core/request/trace_context.h"

namespace tracetax::testing {
namespace {

std::size_t body_length(std::string_view head) {
  constexpr std::string_view kField = "Content-Length: ";
  const std::size_t at = head.find(kField);
  return at == std::string_view::npos ? 0
                                      : std::strtoul(head.data() + at + kField.size(), nullptr, 10);
}

}  // namespace

ssize_t Peer::receive(char* to, std::size_t size) {
  return channel_ != nullptr ? channel_->read(to, size) : recv(fd_, to, size, 0);
}

std::optional<std::string> Peer::read_request() {
  while (true) {
    const std::size_t end = unread_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t size = end + 4 + body_length(std::string_view{unread_}.substr(0, end + 2));
      if (unread_.size() >= size) {
        std::string request = unread_.substr(0, size);
        unread_.erase(0, size);
        return request;
      }
    }
    char buffer[16 * 1024];
    const ssize_t n = receive(buffer, sizeof buffer);
    if (n <= 0) return std::nullopt;
    unread_.append(buffer, static_cast<std::size_t>(n));
  }
}

std::optional<std::string> Peer::read_some() {
  char buffer[16 * 1024];
  const ssize_t n = receive(buffer, sizeof buffer);
  if (n <= 0) return std::nullopt;
  return std::string(buffer, static_cast<std::size_t>(n));
}

void Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = channel_ != nullptr ? channel_->write(bytes.data(), bytes.size())
                                          : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Peer::send_and_close(std::string_view bytes) {
  if (channel_ != nullptr) {
    send(bytes);
    return close();
  }
  static_cast<void>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_MORE));
  close();
}

// Not the descriptor: the server owns it, and may want to end the connection at the same time.
void Peer::close() { shutdown(fd_, SHUT_RDWR); }

void Peer::reset() {
  const linger abort{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  static_cast<void>(connect(fd_, &nowhere, sizeof nowhere));  // disconnects with RST
}

void Peer::wait_for_end() {
  char buffer[4096];
  while (receive(buffer, sizeof buffer) > 0) {
  }
}

ScriptedServer::ScriptedServer(Script script, int backlog)
    : script_(std::move(script)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener_, generic, size) != 0 || listen(listener_, backlog) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("the scripted server cannot listen");
  }
  port_ = ntohs(address.sin_port);
  if (script_) acceptor_ = std::thread{[this] { accept_all(); }};
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  shutdown(listener_, SHUT_RDWR);  // wakes accept()
  if (acceptor_.joinable()) acceptor_.join();
  close_all();
  for (Running& running : running_) running.thread.join();
  ::close(listener_);
}

void ScriptedServer::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock{mutex_};
    ++accepted_;
    Running& running = running_.emplace_back(Running{Peer{fd}, {}});
    running.thread = std::thread{[this, &running] {
      script_(running.peer);
      running.peer.close();
      const std::lock_guard ending{mutex_};
      ::close(running.peer.fd_);
      running.peer.fd_ = -1;
    }};
    if (stopping_) return;
  }
}

int ScriptedServer::connections() const {
  const std::lock_guard lock{mutex_};
  return accepted_;
}

void ScriptedServer::close_all() {
  const std::lock_guard lock{mutex_};
  for (const Running& running : running_) {
    if (running.peer.fd_ >= 0) shutdown(running.peer.fd_, SHUT_RDWR);
  }
}

std::string answer(std::string_view body, std::string_view status) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

ScriptedServer::Script always(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    while (peer.read_request()) peer.send(bytes);
  };
}

std::size_t WireLog::add(std::string_view request) {
  constexpr std::string_view kField = "traceparent: ";
  const std::size_t at = request.find(kField);
  const std::lock_guard lock{mutex_};
  traceparents_.emplace_back(at == std::string_view::npos
                                 ? std::string_view{}
                                 : request.substr(at + kField.size(), kTraceparentSize));
  return traceparents_.size() - 1;
}

std::size_t WireLog::size() const {
  const std::lock_guard lock{mutex_};
  return traceparents_.size();
}

std::map<std::string, int> WireLog::traceparents() const {
  const std::lock_guard lock{mutex_};
  std::map<std::string, int> counts;
  for (const std::string& traceparent : traceparents_) ++counts[traceparent];
  return counts;
}

PreparedScenario simple_scenario(const Endpoint& endpoint, std::string_view method,
                                 std::string_view body) {
  RequestTemplate request;
  request.bytes = fmt::format("{} / HTTP/1.1\r\nHost: {}:{}\r\ntraceparent: ", method,
                              endpoint.host, endpoint.port);
  request.context = {{ContextField::traceparent, request.bytes.size()}};
  request.bytes.append(kTraceparentSize, '0').append("\r\n");
  if (!body.empty()) request.bytes += fmt::format("Content-Length: {}\r\n", body.size());
  request.bytes += "\r\n";
  request.bytes += body;
  request.is_head = method == "HEAD";
  PreparedScenario scenario;
  scenario.requests.push_back(std::move(request));
  return scenario;
}

}  // namespace tracetax::testing
