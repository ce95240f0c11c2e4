// SPDX-License-Identifier: Apache-2.0
#include "harness/load/worker.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "harness/load/ledger.h"
#include "harness/load/monotonic.h"

namespace tracetax {
namespace {

constexpr int kEventsMax = 256;
constexpr int kBurstMax = 64;                        // releases before answers are looked at again
constexpr std::size_t kReadSize = 64 * 1024;
constexpr std::int64_t kHousekeepingGap = 5'000'000;  // ns
constexpr std::int64_t kRetryPause = 20'000'000;      // ns, before connecting again to who refuses
constexpr std::int64_t kBeforeAll = INT64_MIN;
constexpr auto kPeerClosed = static_cast<std::uint32_t>(EPOLLRDHUP | EPOLLHUP | EPOLLERR);

}  // namespace

Worker::Worker(const LoadSetup& setup, const SocketAddress& address, int index, int workers,
               int connections)
    : setup_(setup),
      index_(index),
      workers_(workers),
      pool_(address, connections),
      requests_(setup.scenario.requests),
      parked_(std::max<std::size_t>(1, setup.queue / static_cast<std::size_t>(workers))),
      read_buffer_(kReadSize) {}

std::int64_t Worker::now() const noexcept { return monotonic_ns() - start_ns_; }

Status Worker::connect_all() { return pool_.open_all(setup_.endpoint, setup_.timeout); }

void Worker::reset_for(const LoadPhase& phase, std::int64_t start_ns) {
  phase_ = &phase;
  start_ns_ = start_ns;
  result_ = LoadResult{};
  arrivals_.reset();
  if (!phase.closed) {
    arrivals_.emplace(phase.arrivals, phase.rate, phase.arrival_seed, index_, workers_);
  }
  count_end_ = phase.count.value_or(UINT64_MAX);
  next_number_ = static_cast<std::uint64_t>(index_);
  in_flight_ = 0;
  last_send_ns_ = last_done_ns_ = 0;
  published_ok_ = published_errors_ = published_late_ = 0;
  for (Connection& connection : pool_.all()) {  // their times were the last phase's
    connection.wake_at_ns =
        connection.state == Connection::State::closed ? kBeforeAll : setup_.timeout.count();
  }
}

// Until the phase begins: hears which connections the server has closed since the last one and opens
// them again. No request starts, and nothing is counted: it happened in no phase.
void Worker::settle() {
  end_ns_ = kBeforeAll;
  housekeeping(now());
  epoll_event events[kEventsMax];
  do {
    const int n = epoll_wait(pool_.epoll_fd(), events, kEventsMax, 0);
    for (int i = 0; i < n; ++i) handle(pool_.of(events[i]), events[i].events);
  } while (now() < 0);
  errors_ = ErrorTally{};
  end_ns_ = phase_->duration.count();
  next_housekeeping_ns_ = 0;
}

void Worker::run(const LoadPhase& phase, std::int64_t start_ns, const std::stop_token& stop,
                 LiveCounts* live) {
  reset_for(phase, start_ns);
  Release release{setup_.release, kSpinBefore};
  settle();
  stalls_ = StallWatch{};
  const bool watches_stalls = !phase.closed && setup_.release != ReleaseMode::sleep;
  const std::int64_t cpu_from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  std::int64_t waiting = 0, working = 0;  // ns by the wall clock
  epoll_event events[kEventsMax];
  std::int64_t now_ns = now();
  if (phase.closed) start_closed_loop(now_ns);
  while (true) {
    if (now_ns >= next_housekeeping_ns_) {
      if (stop.stop_requested()) end_ns_ = std::min(end_ns_, now_ns);
      housekeeping(now_ns);
      publish(live);
    }
    const std::uint64_t sent_before = result_.sent;
    if (!phase.closed) release_due(now_ns);
    if (finished(now_ns)) break;
    const std::int64_t asked_ns = phase.closed ? now_ns : now();
    if (result_.sent != sent_before) working += asked_ns - now_ns;
    std::int64_t idle_ns = -1;
    if (!phase.closed && more_due()) idle_ns = std::max<std::int64_t>(0, arrivals_->due_ns() - asked_ns);
    const int n = release.wait(pool_.epoll_fd(), events, kEventsMax, now_ns, idle_ns);
    for (int i = 0; i < n; ++i) handle(pool_.of(events[i]), events[i].events);
    // One reading a turn decides about releases. A wait that spun and found nothing was waiting.
    const std::int64_t next_ns = now();
    if (release.spun()) (n == 0 ? waiting : working) += next_ns - asked_ns;
    if (watches_stalls) watch_stalls(release.spun(), n, asked_ns, next_ns);
    now_ns = next_ns;
  }
  result_.cpu = Nanos{clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_from};
  // In shares, as another thread may have had the CPU for a part of either.
  const double waiting_share = waiting == 0 ? 0 : static_cast<double>(waiting) / static_cast<double>(waiting + working);
  result_.cpu_spinning = Nanos{std::llround(static_cast<double>(result_.cpu.count()) * waiting_share)};
  result_.elapsed = Nanos{last_done_ns_};
  publish(live);
  result_.errors = errors_.named();
}

void Worker::watch_stalls(bool spun, int events, std::int64_t from_ns, std::int64_t to_ns) noexcept {
  if (!spun) return stalls_.start_over();
  if (events != 0 || !stalls_.machine_stalled(from_ns, to_ns)) return;
  ++result_.machine_stalls;
  result_.machine_stalled += Nanos{to_ns - from_ns};
}

bool Worker::more_due() const noexcept {
  return arrivals_->due_ns() < end_ns_ && arrivals_->number() < count_end_;
}

bool Worker::finished(std::int64_t now_ns) noexcept {
  if (phase_->closed) return in_flight_ == 0 && (now_ns >= end_ns_ || next_number_ >= count_end_);
  if (more_due()) return false;
  if (parked_.empty() && in_flight_ == 0) return true;
  // Requests in flight end by their own time-out; those still waiting for a connection end here.
  if (now_ns > end_ns_ + setup_.timeout.count()) {
    while (!parked_.empty()) {
      note_not_sent(result_, parked_.pop().number);
      errors_.add(ErrorKind::unfinished);
    }
  }
  return false;
}

void Worker::release_due(std::int64_t now_ns) noexcept {
  for (int burst = 0; burst < kBurstMax && more_due() && arrivals_->due_ns() <= now_ns; ++burst) {
    const std::uint64_t number = arrivals_->number();
    const std::int64_t due_ns = arrivals_->due_ns();
    arrivals_->advance();
    const bool held_up = stalls_.held_up(due_ns, now_ns);
    result_.due = number + 1;
    if (parked_.empty()) {
      if (Connection* connection = pool_.take_idle()) {
        begin(*connection, {number, due_ns, 0, held_up});
        continue;
      }
    }
    if (parked_.full()) {
      ++result_.late;
      note_not_sent(result_, number);
      continue;
    }
    parked_.push({number, due_ns, now_ns, held_up});
  }
}

void Worker::start_closed_loop(std::int64_t now_ns) noexcept {
  while (next_number_ < count_end_) {
    Connection* connection = pool_.take_idle();
    if (connection == nullptr) return;
    become_free(*connection, now_ns);
    if (connection->state == Connection::State::idle) return;  // the phase is over already
  }
}

// The connection can carry a request from `free_at_ns` on.
void Worker::become_free(Connection& connection, std::int64_t free_at_ns) noexcept {
  if (phase_->closed) {
    if (free_at_ns < end_ns_ && next_number_ < count_end_) {
      const std::uint64_t number = next_number_;
      next_number_ += static_cast<std::uint64_t>(workers_);
      return begin(connection, {number, free_at_ns, 0, false});
    }
  } else if (!parked_.empty()) {
    const Parked next = parked_.pop();
    return begin(connection, {next.number, next.due_ns, std::max<std::int64_t>(0, free_at_ns - next.parked_at_ns),
                              next.held_up});
  }
  pool_.add_idle(connection);
}

void Worker::begin(Connection& connection, const Due& due) noexcept {
  RequestTemplate& request = requests_[due.number % requests_.size()];
  const TraceContext context = phase_->ids.at(due.number);
  if (request.has_traceparent) write_traceparent(context, request.bytes.data() + request.traceparent_at);
  connection.state = Connection::State::busy;
  connection.number = due.number;
  connection.sampled = context.sampled();
  connection.reader.begin(request.is_head);
  ++in_flight_;
  ++result_.sent;
  if (phase_->closed) result_.due = std::max(result_.due, due.number + 1);
  connection.send_ns = last_send_ns_ = now();
  connection.due_ns = phase_->closed ? connection.send_ns : due.due_ns;
  const ssize_t n = send(connection.fd, request.bytes.data(), request.bytes.size(), MSG_NOSIGNAL);
  if (!phase_->closed) {
    (due.held_up ? result_.lag_held_up : result_.lag).record(connection.send_ns - due.due_ns - due.wait_ns);
    result_.wait.record(due.wait_ns);
  }
  if (n == static_cast<ssize_t>(request.bytes.size())) return;
  if (n < 0 && errno != EAGAIN && errno != EINTR) return fail(connection, ErrorKind::reset, connection.send_ns);
  // The template is patched again by the next request, so the rest needs a copy.
  connection.unsent.assign(request.bytes, static_cast<std::size_t>(std::max<ssize_t>(0, n)));
  connection.unsent_at = 0;
  pool_.watch(connection, true);
}

void Worker::send_rest(Connection& connection) noexcept {
  while (connection.unsent_at < connection.unsent.size()) {
    const ssize_t n = send(connection.fd, connection.unsent.data() + connection.unsent_at,
                           connection.unsent.size() - connection.unsent_at, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) return fail(connection, ErrorKind::reset, now());
    connection.unsent_at += static_cast<std::size_t>(n);
  }
  connection.unsent.clear();
  connection.unsent_at = 0;
  pool_.watch(connection, false);
}

// A connection is closed only while its own event is handled, or between two batches of events: so no
// event of a batch can be about an earlier socket of its slot.
void Worker::handle(Connection& connection, std::uint32_t events) noexcept {
  if ((events & kPeerClosed) != 0) connection.peer_closed = true;
  if (connection.state == Connection::State::connecting) {
    const std::int64_t at_ns = now();
    if (connect_error(connection) != 0) return fail(connection, ErrorKind::connect, at_ns);
    if (connection.peer_closed) return fail(connection, ErrorKind::closed_idle, at_ns);
    pool_.watch(connection, false);
    return become_free(connection, at_ns);
  }
  if ((events & EPOLLOUT) != 0 && connection.wants_write) {
    send_rest(connection);
    if (connection.state != Connection::State::busy) return;
  }
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read_answers(connection);
}

void Worker::read_answers(Connection& connection) noexcept {
  while (connection.state == Connection::State::idle || connection.state == Connection::State::busy) {
    const ssize_t n = recv(connection.fd, read_buffer_.data(), read_buffer_.size(), 0);
    const std::int64_t at_ns = now();
    if (n > 0) {
      const auto size = static_cast<std::size_t>(n);
      result_.bytes_received += size;
      if (!take_bytes(connection, {read_buffer_.data(), size}, at_ns)) return;
      // Edge-triggered: a short read means drained, unless the end of the stream is there as well.
      if (size < read_buffer_.size() && !connection.peer_closed) return;
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (connection.state == Connection::State::idle) return fail(connection, ErrorKind::closed_idle, at_ns);
    if (n < 0) return fail(connection, ErrorKind::reset, at_ns);
    if (!connection.reader.started() ||
        connection.reader.end_of_stream() == HttpResponseReader::Step::malformed) {
      return fail(connection, ErrorKind::closed, at_ns);
    }
    return finish(connection, at_ns);
  }
}

bool Worker::take_bytes(Connection& connection, std::string_view bytes, std::int64_t at_ns) noexcept {
  if (connection.state == Connection::State::idle) {  // an answer to nothing
    fail(connection, ErrorKind::malformed, at_ns);
    return false;
  }
  const bool pieced = !connection.unread.empty();
  if (pieced) {
    connection.unread.append(bytes);
    bytes = connection.unread;
  }
  std::size_t used = 0;
  const auto step = connection.reader.read(bytes, used);
  bytes.remove_prefix(used);
  if (step == HttpResponseReader::Step::malformed ||
      (step == HttpResponseReader::Step::complete && !bytes.empty())) {
    fail(connection, ErrorKind::malformed, at_ns);
    return false;
  }
  if (step == HttpResponseReader::Step::need_more) {
    if (pieced) {
      connection.unread.erase(0, used);
    } else {
      connection.unread.assign(bytes);
    }
    return true;
  }
  connection.unread.clear();
  finish(connection, at_ns);
  return connection.state == Connection::State::busy || connection.state == Connection::State::idle;
}

void Worker::finish(Connection& connection, std::int64_t done_ns) noexcept {
  --in_flight_;
  last_done_ns_ = done_ns;
  connection.answered_once = true;
  const int status = connection.reader.status();
  if (status >= setup_.scenario.status_low && status <= setup_.scenario.status_high) {
    ++result_.ok;
    auto& response = connection.sampled ? result_.response_sampled : result_.response_unsampled;
    auto& service = connection.sampled ? result_.service_sampled : result_.service_unsampled;
    response.record(done_ns - connection.due_ns);
    service.record(done_ns - connection.send_ns);
  } else {
    errors_.add_status(status);
    note_uncertain(result_, connection.number);
  }
  if (!connection.unsent.empty() || !connection.reader.keep_alive()) {
    // Answered before it had read the whole request, or said it will close: this connection is done.
    errors_.add(ErrorKind::connection_close);
    return reopen(connection, done_ns);
  }
  if (connection.peer_closed) {  // the next request could not be answered here
    errors_.add(ErrorKind::closed_idle);
    return reopen(connection, done_ns);
  }
  become_free(connection, done_ns);
}

void Worker::fail(Connection& connection, ErrorKind kind, std::int64_t at_ns) noexcept {
  errors_.add(kind);
  if (connection.state == Connection::State::busy) {
    --in_flight_;
    last_done_ns_ = at_ns;
    note_uncertain(result_, connection.number);
    if (kind == ErrorKind::timeout) {
      (connection.sampled ? result_.response_sampled : result_.response_unsampled)
          .record(at_ns - connection.due_ns);
      (connection.sampled ? result_.service_sampled : result_.service_unsampled)
          .record(at_ns - connection.send_ns);
    }
  }
  // At once to a server that has answered on this connection; with a pause to one that never did.
  reopen(connection, connection.answered_once ? at_ns : at_ns + kRetryPause);
}

void Worker::reopen(Connection& connection, std::int64_t at_ns) noexcept {
  const std::int64_t now_ns = now();
  if (at_ns > now_ns) {  // housekeeping will
    close_connection(connection);
    connection.wake_at_ns = at_ns;
    return;
  }
  pool_.reopen(connection);
  connection.wake_at_ns = now_ns + setup_.timeout.count();
  if (connection.state == Connection::State::connecting) return;
  errors_.add(ErrorKind::connect);
  connection.wake_at_ns = now_ns + kRetryPause;
}

void Worker::housekeeping(std::int64_t now_ns) noexcept {
  next_housekeeping_ns_ = now_ns + kHousekeepingGap;
  for (Connection& connection : pool_.all()) {
    const bool time_up = connection.wake_at_ns <= now_ns;
    switch (connection.state) {
      case Connection::State::idle: break;
      case Connection::State::busy:
        if (now_ns - connection.send_ns > setup_.timeout.count()) fail(connection, ErrorKind::timeout, now_ns);
        break;
      case Connection::State::connecting:
        if (time_up) fail(connection, ErrorKind::connect, now_ns);
        break;
      case Connection::State::closed:
        if (time_up) reopen(connection, now_ns);
        break;
    }
  }
}

void Worker::publish(LiveCounts* live) noexcept {
  if (live == nullptr) return;
  live->ok.fetch_add(result_.ok - published_ok_, std::memory_order_relaxed);
  live->errors.fetch_add(errors_.total() - published_errors_, std::memory_order_relaxed);
  live->late.fetch_add(result_.late - published_late_, std::memory_order_relaxed);
  published_ok_ = result_.ok;
  published_errors_ = errors_.total();
  published_late_ = result_.late;
}

}  // namespace tracetax
