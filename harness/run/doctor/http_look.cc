// SPDX-License-Identifier: Apache-2.0
#include "harness/run/doctor/http_look.h"

#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "harness/core/request/request_ids.h"
#include "harness/load/http/http_response.h"

namespace tracetax {
namespace {

using Clock = std::chrono::steady_clock;
constexpr Nanos kCloseWait = std::chrono::milliseconds{100};
constexpr std::size_t kBodyShown = 200;

class Connection4 {
 public:
  explicit Connection4(const Endpoint& endpoint)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(endpoint.port));
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) shut();
  }
  ~Connection4() { shut(); }
  Connection4(const Connection4&) = delete;
  Connection4& operator=(const Connection4&) = delete;

  bool send_all(std::string_view bytes) const {
    return fd_ >= 0 && send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                           static_cast<ssize_t>(bytes.size());
  }
  /// Bytes read, 0 at the end of the stream, -1 when the time is over or something failed.
  ssize_t read_some(std::array<char, 4096>& into, Nanos within) const {
    pollfd watched{fd_, POLLIN, 0};
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(within).count();
    if (fd_ < 0 || poll(&watched, 1, static_cast<int>(millis)) <= 0) return -1;
    return recv(fd_, into.data(), into.size(), 0);
  }

 private:
  void shut() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  int fd_;
};

/// The value of a header of the answer's head; empty if it is not there.
std::string header_of(std::string_view answer, std::string_view name) {
  const std::string_view head = answer.substr(0, answer.find("\r\n\r\n"));
  for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        strncasecmp(line.data(), name.data(), name.size()) != 0)
      continue;
    std::string_view value = line.substr(name.size() + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return std::string{value};
  }
  return "";
}

}  // namespace

std::optional<HttpAnswer> look_at_answer(const Endpoint& endpoint, const PreparedScenario& scenario,
                                         Nanos within) {
  if (scenario.protocol != Protocol::http1 || scenario.tls || scenario.requests.empty())
    return std::nullopt;
  RequestTemplate request = scenario.requests.front();
  // A valid context that asks for no span.
  write_context(request.context, RequestIds{1, SampleRate{}}.at(0), request.bytes);
  const auto deadline = Clock::now() + within;
  const Connection4 connection{endpoint};
  if (!connection.send_all(request.bytes)) return std::nullopt;
  HttpAnswer answer;
  HttpResponseReader reader;
  reader.begin(request.is_head);
  reader.collect_body(&answer.body_beginning, kBodyShown);
  std::string all, unread;
  std::array<char, 4096> piece{};
  auto step = HttpResponseReader::Step::need_more;
  while (step == HttpResponseReader::Step::need_more) {
    const ssize_t got = connection.read_some(piece, deadline - Clock::now());
    if (got < 0) return std::nullopt;
    if (got == 0) {
      answer.closed = true;
      step = reader.end_of_stream();
      break;
    }
    const std::string_view fresh{piece.data(), static_cast<std::size_t>(got)};
    if (all.size() < HttpResponseReader::kHeadSizeMax) all += fresh;
    unread += fresh;
    std::size_t used = 0;
    step = reader.read(unread, used);
    unread.erase(0, used);
  }
  if (step != HttpResponseReader::Step::complete) return std::nullopt;
  answer.status = reader.status();
  answer.minor_version = all.starts_with("HTTP/1.0") ? 0 : 1;
  answer.says_close = !reader.keep_alive();
  answer.location = header_of(all, "location");
  answer.asks_for = header_of(all, "www-authenticate");
  if (!answer.closed) answer.closed = connection.read_some(piece, kCloseWait) == 0;
  return answer;
}

}  // namespace tracetax
