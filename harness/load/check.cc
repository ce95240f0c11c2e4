// One unhurried request, read and checked in full: what every measurement starts with.
// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/core/quote.h"
#include "harness/core/sha256.h"
#include "harness/load/connection.h"
#include "harness/load/engine.h"
#include "harness/load/monotonic.h"

namespace tracetax {
namespace {

constexpr std::size_t kBodyKept = 1024 * 1024;

// Closes the connection whichever way check_once() is left.
struct OpenConnection : Connection {
  OpenConnection() = default;
  OpenConnection(const OpenConnection&) = delete;
  OpenConnection& operator=(const OpenConnection&) = delete;
  ~OpenConnection() { close_connection(*this); }
};

bool wait_for(int fd, short events, std::int64_t deadline_ns) {
  while (true) {
    const std::int64_t left = deadline_ns - monotonic_ns();
    if (left <= 0) return false;
    pollfd waited{fd, events, 0};
    const int n = poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left / 1'000'000 + 1, 1000)));
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
  }
}

Status send_all(int fd, std::string_view bytes, std::int64_t deadline_ns) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
      return failure(ExitCode::invalid, fmt::format("the request could not be sent: {}", std::strerror(errno)));
    } else if (!wait_for(fd, POLLOUT, deadline_ns)) {
      return failure(ExitCode::invalid, "the request was not taken in time");
    }
  }
  return {};
}

// Reads one whole answer into `reader`, which collects the body.
Status read_answer(int fd, HttpResponseReader& reader, std::int64_t deadline_ns) {
  std::string pending;
  char buffer[16 * 1024];
  while (true) {
    if (!wait_for(fd, POLLIN, deadline_ns)) {
      return failure(ExitCode::invalid, "no whole answer came in time");
    }
    const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return failure(ExitCode::invalid, fmt::format("the answer broke off: {}", std::strerror(errno)));
    if (n == 0) {
      if (reader.started() && reader.end_of_stream() == HttpResponseReader::Step::complete) return {};
      return failure(ExitCode::invalid, "the connection was closed without a whole answer");
    }
    pending.append(buffer, static_cast<std::size_t>(n));
    std::size_t used = 0;
    const auto step = reader.read(pending, used);
    if (step == HttpResponseReader::Step::malformed) {
      return failure(ExitCode::invalid, fmt::format("the answer is not HTTP/1.1; it begins with {}",
                                                    quote(std::string_view{pending}.substr(0, 60))));
    }
    pending.erase(0, used);
    if (step == HttpResponseReader::Step::complete) return {};
  }
}

}  // namespace

Result<CheckedAnswer> check_once(const Endpoint& endpoint, const PreparedScenario& scenario, Nanos timeout) {
  const std::int64_t deadline_ns = monotonic_ns() + timeout.count();
  const auto place = [&] { return fmt::format("{}:{}", endpoint.host, endpoint.port); };
  const auto address = resolve(endpoint);
  if (!address) return failure(address.error());
  OpenConnection connection;
  open_connection(connection, *address);
  if (connection.state == Connection::State::closed) {
    return failure(ExitCode::invalid, fmt::format("cannot connect to {}: {}", place(), std::strerror(errno)));
  }
  if (!wait_for(connection.fd, POLLOUT, deadline_ns)) {
    return failure(ExitCode::invalid, fmt::format("cannot connect to {}: timed out", place()));
  }
  if (const int error = connect_error(connection); error != 0) {
    return failure(ExitCode::invalid, fmt::format("cannot connect to {}: {}", place(), std::strerror(error)));
  }

  RequestTemplate request = scenario.requests.front();
  if (request.has_traceparent) {
    // Any valid id will do: unsampled, it must leave no trace.
    write_traceparent(RequestIds{static_cast<std::uint64_t>(deadline_ns), SampleRate{}}.at(0),
                      request.bytes.data() + request.traceparent_at);
  }
  if (auto sent = send_all(connection.fd, request.bytes, deadline_ns); !sent) {
    return failure(sent.error().within(place()));
  }
  CheckedAnswer answer;
  HttpResponseReader reader;
  reader.begin(request.is_head);
  reader.collect_body(&answer.body, kBodyKept);
  if (auto read = read_answer(connection.fd, reader, deadline_ns); !read) {
    return failure(read.error().within(place()));
  }
  answer.status = reader.status();
  answer.body_sha256_prefix = sha256_hex(answer.body).substr(0, 16);
  if (answer.status < scenario.status_low || answer.status > scenario.status_high) {
    return failure(ExitCode::invalid,
                   fmt::format("{}: answered status {}, expected {}; body begins with {}", place(), answer.status,
                               scenario.status_low == scenario.status_high
                                   ? std::to_string(scenario.status_low)
                                   : fmt::format("{}-{}", scenario.status_low, scenario.status_high),
                               quote(std::string_view{answer.body}.substr(0, 60))));
  }
  if (answer.body.find(scenario.body_contains) == std::string::npos) {
    return failure(ExitCode::invalid,
                   fmt::format("{}: the answer does not contain {}; it begins with {}", place(),
                               quote(scenario.body_contains), quote(std::string_view{answer.body}.substr(0, 60))));
  }
  return answer;
}

}  // namespace tracetax
