// The lives of a worker's connections: opened, shaken hands over, read, written, failed, opened
// again.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/core/text/units.h"
#include "harness/core/text/url_parts.h"
#include "harness/load/make_session.h"
#include "harness/load/session/monotonic.h"
#include "harness/load/worker.h"

namespace tracetax {
namespace {

constexpr std::int64_t kHousekeepingGap = 5'000'000;  // ns
constexpr std::int64_t kPatience = 50'000'000;        // ns; no server closes idle ones earlier
constexpr std::int64_t kRetryPause = 20'000'000;      // ns, before connecting again to who refuses
constexpr std::size_t kLookedAfterAtOnce = 1024;      // calls
constexpr std::int64_t kConnectWait = 10'000'000;     // ns, before the time is looked at again

// At once to a server that has answered on this connection; with a pause to one that never did.
std::int64_t pause_before(const Connection& connection) {
  return connection.answered_once ? 0 : kRetryPause;
}

// Why not all connections are ready: what the one that got furthest still waits for.
std::string_view what_is_missing(std::span<const Connection> connections) {
  const auto any = [&](Connection::State state) {
    return std::ranges::any_of(connections, [&](const Connection& c) { return c.state == state; });
  };
  if (any(Connection::State::greeting)) return "; no HTTP/2 came from the server";
  if (any(Connection::State::securing)) return "; the server did not complete the TLS handshake";
  return "";
}

}  // namespace

Status Worker::connect_all(const std::stop_token& stop) {
  const Endpoint& endpoint = setup_.endpoint;
  const std::string place = authority_text(endpoint.host, endpoint.port);
  if (!poller_.is_open())
    return failure(ExitCode::invalid, "epoll: too many open files; raise `ulimit -n`");
  if (scenario_.tls) {
    auto context = TlsContext::make(*scenario_.tls, endpoint.host, scenario_.protocol);
    if (!context) return failure(context.error().within("tls"));
    tls_ = std::move(*context);
  }
  LoadPhase nothing_due;
  nothing_due.closed = true;
  prepare(nothing_due);
  start_ns_ = monotonic_ns();
  end_ns_ = kBeforeAll;
  const std::uint64_t cycle = scenario_.turns.empty()
                                  ? scenario_.requests.size() + scenario_.streams.size()
                                  : scenario_.turns.size();
  auto user = static_cast<std::uint64_t>(index_);
  for (Connection& connection : pool_.all()) {
    connection.turn = cycle * user;  // so that each begins with a row of its own
    user += static_cast<std::uint64_t>(workers_);
    connection.session = make_session(*this, connection, scenario_, setup_.streams_each(),
                                      keeps_answers_ || scenario_.check || scenario_.exports);
    reopen(connection, kBeforeAll);
  }
  const auto is_open = [](const Connection& c) { return c.state == Connection::State::open; };
  while (kept_.problem.empty()) {
    const auto open = std::ranges::count_if(pool_.all(), is_open);
    if (open == std::ssize(pool_.all())) return {};
    if (stop.stop_requested()) return failure(ExitCode::interrupted, "interrupted");
    if (clock() > setup_.timeout.count()) {
      return failure(ExitCode::invalid,
                     fmt::format("only {} of {} connections to {} were ready within {}{}", open,
                                 pool_.all().size(), place, format_duration(setup_.timeout),
                                 what_is_missing(pool_.all())));
    }
    handle(poller_.wait(kConnectWait));
    flush_outputs();
  }
  return failure(ExitCode::invalid, fmt::format("cannot connect to {}: {}", place, kept_.problem));
}

void Worker::flush_outputs() {
  // A connection that fails may begin anew and come to the end of the list.
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    outputs_[i]->queued_output = false;
    if (outputs_[i]->has_output) flush(*outputs_[i]);
  }
  outputs_.clear();
}

void Worker::flush(Connection& connection) {
  connection.has_output = false;
  const Session::Flush flushed = connection.session->flush();
  if (connection.state == Connection::State::open && reopen_if_drained(connection)) return;
  switch (flushed) {
    case Session::Flush::done:
      if (connection.wants_write) pool_.watch(connection, false);
      return;
    case Session::Flush::blocked:
      if (!connection.wants_write) pool_.watch(connection, true);
      return;
    case Session::Flush::broken:
      // The alert that a server sent before it closed tells more than that it takes no more.
      if (connection.transport.is_secure() &&
          connection.transport.read(read_buffer_.data(), read_buffer_.size()) < 0 &&
          errno == EPROTO) {
        return fail(connection, ErrorKind::tls, clock(), connection.transport.tls_problem());
      }
      // What the server said before it closed may still be there: a GOAWAY, say.
      if (connection.session->error() == ErrorKind::reset) read_answers(connection);
      if (connection.state != Connection::State::open &&
          connection.state != Connection::State::greeting) {
        return;
      }
      return fail(connection, connection.session->error(), clock(), connection.session->explain());
  }
}

// A connection is closed only while its own news is handled, or between two waits: so no news of a
// wait can be about an earlier socket of its slot.
//
// All that came is read, and stamped, before anything is sent: an answer must not look late because
// the requests that follow on those before it were written first.
void Worker::handle(int news) {
  reads_ = true;
  for (int i = 0; i < news; ++i) {
    const Readiness ready = poller_.news(i);
    handle(pool_.at(ready.slot), ready);
  }
  reads_ = false;
  for (const Freed& freed : freed_) think(*freed.call, freed.at_ns);
  freed_.clear();
}

void Worker::handle(Connection& connection, const Readiness& ready) {
  if (ready.peer_closed()) connection.peer_closed = true;
  if (connection.state == Connection::State::closed) return;
  if (connection.state == Connection::State::connecting ||
      connection.state == Connection::State::securing) {
    return make_progress(connection, clock());
  }
  if (ready.writable() && connection.wants_write) flush(connection);
  if (ready.readable()) read_answers(connection);
  if (connection.has_output) queue_output(connection);
}

void Worker::make_progress(Connection& connection, std::int64_t at_ns) {
  Transport& transport = connection.transport;
  if (connection.state == Connection::State::connecting) {
    if (const int error = connect_error(transport.fd()); error != 0) {
      return fail(connection, ErrorKind::connect, at_ns, std::strerror(error));
    }
    // Over HTTP/2 it may have said why.
    const bool greets =
        tls_ || scenario_.protocol == Protocol::http2 || scenario_.protocol == Protocol::grpc;
    if (connection.peer_closed && !greets) {
      return fail(connection, ErrorKind::closed, at_ns,
                  "the connection was closed without a whole answer");
    }
    connection.state = tls_ ? Connection::State::securing : Connection::State::greeting;
  }
  if (tls_) {
    switch (transport.handshake(*tls_)) {
      case Transport::Handshake::wants_read:
        return pool_.watch(connection, false);
      case Transport::Handshake::wants_write:
        return pool_.watch(connection, true);
      case Transport::Handshake::failed:
        return fail(connection, ErrorKind::tls, at_ns, transport.tls_problem());
      case Transport::Handshake::done:
        break;
    }
    if (scenario_.protocol != Protocol::http1 && transport.agreed_protocol() != "h2") {
      return fail(connection, ErrorKind::tls, at_ns,
                  "the server does not speak HTTP/2 over TLS (ALPN chose no h2)");
    }
    connection.state = Connection::State::greeting;
  }
  connection.session->start(at_ns);
  pool_.watch(connection, false);
  if (connection.has_output) flush(connection);
}

void Worker::on_ready(Connection& connection, std::int64_t at_ns) {
  connection.state = Connection::State::open;
  note_arrivals();
  for (Call& call : connection.calls) {
    if (call.again && connection.takes_calls) {
      call.again = false;
      --connection.again;
      submit(call);
    } else if (!call.busy && !call.queued_idle) {
      become_free(call, at_ns);
    }
  }
}

void Worker::read_answers(Connection& connection) {
  Session& session = *connection.session;
  while (connection.state == Connection::State::greeting ||
         connection.state == Connection::State::open) {
    const ssize_t n = connection.transport.read(read_buffer_.data(), read_buffer_.size());
    const std::int64_t at_ns = clock();
    if (n > 0) {
      const auto size = static_cast<std::size_t>(n);
      recorder_.received(size);
      if (const std::int64_t lay_ns = connection.transport.lay_unread_ns(); lay_ns >= 0)
        recorder_.lay_unread(lay_ns);
      if (session.take({read_buffer_.data(), size}, at_ns) == Session::Fate::broken) {
        return fail(connection, session.error(), at_ns, session.explain());
      }
      if (reopen_if_drained(connection)) return;
      // Edge-triggered: a short read means drained, unless the end of the stream is there as well,
      // or TLS keeps something back.
      if (size < read_buffer_.size() && !connection.peer_closed && !tls_) return;
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n == 0) return end_of_stream(connection, at_ns);
    if (errno == EPROTO)
      return fail(connection, ErrorKind::tls, at_ns, connection.transport.tls_problem());
    std::string problem = fmt::format("the answer broke off: {}", std::strerror(errno));
    // A first word that nobody understood, such as plain text where TLS is spoken.
    if (!connection.answered_once) problem += "; " + session.explain();
    return fail(connection, ErrorKind::reset, at_ns, problem);
  }
}

void Worker::end_of_stream(Connection& connection, std::int64_t at_ns) {
  Session& session = *connection.session;
  const bool was_open = connection.state == Connection::State::open;
  connection.peer_closed = true;  // so that no call begins
  session.end_of_stream(at_ns);
  if (was_open && reopen_if_drained(connection)) return;
  ErrorKind kind = was_open ? ErrorKind::closed : ErrorKind::connect;
  if (was_open && session.error() == ErrorKind::malformed) kind = ErrorKind::malformed;
  fail(connection, kind, at_ns, session.explain());
}

// True if the last call of a connection that takes no more is over.
bool Worker::reopen_if_drained(Connection& connection) {
  if (connection.busy > connection.again || connection.takes_calls) return false;
  recorder_.connection_ended();
  if (end_ns_ == kBeforeAll) kept_.problem = connection.session->explain();
  reopen(connection, clock() + pause_before(connection));
  return true;
}

// Every call in flight fails with `kind`, but for those that nobody took; without one the
// connection did, unless the server just closed it.
void Worker::fail(Connection& connection, ErrorKind kind, std::int64_t at_ns,
                  std::string_view problem) {
  const bool tells = keeps_answers_ && !kept_.ending;  // else the answer tells more
  if (tells || end_ns_ == kBeforeAll) kept_.problem = problem;
  const bool closed_by_peer = kind == ErrorKind::closed || kind == ErrorKind::reset;
  // A server may close what was idle while a request is under way to it. From one that neither
  // answered before nor had the time to lose patience, a close is the answer.
  const std::int64_t opened_ns = connection.wake_at_ns - setup_.timeout.count();
  const auto met_idle = [&](const Call& call) {
    return connection.answered_once || call.send_ns - opened_ns > kPatience;
  };
  bool lost_any = false;
  for (Call& call : connection.calls) {
    if (!call.busy) continue;
    if (closed_by_peer &&
        (call.again ||
         (met_idle(call) && connection.session->was_not_taken(call) && send_again(call)))) {
      continue;
    }
    lost_any = true;
    if (call.again) --connection.again;
    call.busy = call.again = false;
    --connection.busy;
    --in_flight_;
    recorder_.ended(call, Ending::error(kind), at_ns);
  }
  if (!lost_any && closed_by_peer) recorder_.connection_ended();
  if (!lost_any && !closed_by_peer) recorder_.connection_failed(kind);
  reopen(connection, at_ns + pause_before(connection));
}

void Worker::reopen(Connection& connection, std::int64_t at_ns) {
  const std::int64_t now_ns = clock();
  if (keeps_answers_ &&
      connection.state != Connection::State::closed) {  // one try is what was asked for
    pool_.close(connection);
    connection.wake_at_ns = INT64_MAX;
    count_end_ = next_number_;  // or the request that was not sent yet would be waited for
    return;
  }
  if (at_ns > now_ns) {  // housekeeping will
    pool_.close(connection);
    connection.wake_at_ns = at_ns;
    return look_by(at_ns);
  }
  pool_.reopen(connection);
  connection.wake_at_ns = now_ns + setup_.timeout.count();
  if (connection.state == Connection::State::connecting) return look_by(connection.wake_at_ns);
  if (end_ns_ == kBeforeAll) {
    kept_.problem =
        fmt::format("{}{}", std::strerror(errno),
                    errno == EMFILE ? "; raise `ulimit -n` or use fewer connections" : "");
  }
  recorder_.connection_failed(ErrorKind::connect);
  connection.wake_at_ns = now_ns + kRetryPause;
  look_by(connection.wake_at_ns);
}

// The call has taken longer than it may.
void Worker::time_out(Call& call, std::int64_t now_ns) {
  Connection& connection = *call.connection;
  if (call.again) {
    call.again = false;
    --connection.again;
    return on_ended(call, Ending::error(ErrorKind::timeout), now_ns);
  }
  if (!connection.session->cancel(call)) {
    return fail(connection, ErrorKind::timeout, now_ns, "no whole answer came in time");
  }
  if (keeps_answers_) kept_.problem = "no whole answer came in time";
  on_ended(call,
           scenario_.deadline ? Ending{Ending::Kind::grpc, kGrpcDeadlineExceeded}
                              : Ending::error(ErrorKind::timeout),
           now_ns);
  if (connection.has_output) flush(connection);
}

std::int64_t Worker::longest_ns() const noexcept {
  return std::min(setup_.timeout, scenario_.deadline.value_or(setup_.timeout)).count();
}

// Looks after the connections when the first of them wants it, and then after a bounded number at a
// time: thousands at once would make the requests late that are due meanwhile. What begins after
// that wants it later than `longest_ns()` after the round began.
void Worker::housekeeping(std::int64_t now_ns) {
  next_housekeeping_ns_ = now_ns + kHousekeepingGap;
  if (looked_after_ == 0) {
    if (now_ns < next_look_ns_) return;
    next_look_ns_ = now_ns + longest_ns();
  }
  const std::span<Connection> all = pool_.all();
  for (std::size_t calls = 0; looked_after_ < all.size() && calls < kLookedAfterAtOnce;) {
    Connection& connection = all[looked_after_++];
    calls += connection.calls.size();
    look_after(connection, now_ns);
  }
  if (looked_after_ == all.size()) looked_after_ = 0;
}

void Worker::look_after(Connection& connection, std::int64_t now_ns) {
  for (Call& call : connection.calls) {
    if (!call.busy) continue;
    const std::int64_t deadline_ns = call.send_ns + longest_ns();
    if (now_ns > deadline_ns) {
      time_out(call, now_ns);
    } else {
      look_by(deadline_ns);
    }
  }
  if (connection.state == Connection::State::open) return;
  if (connection.wake_at_ns > now_ns) return look_by(connection.wake_at_ns);
  if (connection.state == Connection::State::closed) return reopen(connection, now_ns);
  fail(connection, ErrorKind::connect, now_ns, "timed out");
}

}  // namespace tracetax
