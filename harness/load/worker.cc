// SPDX-License-Identifier: Apache-2.0
#include "harness/load/worker.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "harness/load/session/monotonic.h"

namespace tracetax {
namespace {

constexpr int kBurstMax = 64;   // releases before answers are looked at again
constexpr int kRetriesMax = 3;  // of a request that nobody takes
constexpr std::size_t kReadSize = 64 * 1024;
constexpr std::size_t kLargeBody = 16 * 1024;
constexpr int kTimedOneOf = 16;  // bodies

}  // namespace

Worker::Worker(const LoadSetup& setup, const SocketAddress& address, int index, int workers,
               int connections)
    : setup_(setup),
      index_(index),
      workers_(workers),
      scenario_(setup.scenario),
      pool_(address, connections, setup.streams_each(), poller_),
      parked_(std::max<std::size_t>(1, setup.queue / static_cast<std::size_t>(workers))),
      read_buffer_(kReadSize),
      recorder_(scenario_) {
  outputs_.reserve(static_cast<std::size_t>(connections));
  freed_.reserve(pool_.calls());
  thinking_.reserve(pool_.calls());
  if (scenario_.exports) make_body_ = scenario_.exports->new_maker();
}

std::int64_t Worker::clock() const noexcept { return monotonic_ns() - start_ns_; }

void Worker::prepare(const LoadPhase& phase) {
  phase_ = &phase;
  recorder_.begin(phase, index_, workers_);
  arrivals_.reset();
  if (!phase.closed && phase.stages.empty()) {
    arrivals_.emplace(phase.arrivals, phase.rate, phase.arrival_seed, index_, workers_);
  } else if (!phase.closed) {
    arrivals_.emplace(phase.arrivals, RateCurve(phase.rate, phase.stages), phase.arrival_seed,
                      index_, workers_);
  }
  thoughts_ = 0;
  count_end_ = phase.count.value_or(UINT64_MAX);
  next_number_ = static_cast<std::uint64_t>(index_);
  in_flight_ = 0;
  give_up_ns_ = INT64_MAX;
  for (Connection& connection : pool_.all()) {  // their times were the last phase's
    connection.wake_at_ns = connection.state != Connection::State::closed ? setup_.timeout.count()
                            : keeps_answers_                              ? INT64_MAX
                                                                          : kBeforeAll;
  }
}

// Until the phase begins: hears which connections the server has closed since the last one and
// opens them again. No request starts, and nothing is counted: it happened in no phase.
void Worker::settle() {
  end_ns_ = kBeforeAll;
  next_look_ns_ = kBeforeAll;
  do {
    housekeeping(clock());
    handle(poller_.wait(0));
    flush_outputs();
  } while (clock() < 0 || looked_after_ > 0);
  recorder_.forget_errors();
  if (!keeps_answers_)
    kept_ = KeptAnswer{};  // of a single try, what happened until now is the answer
  note_arrivals();
  end_ns_ = phase_->duration.count();
  next_housekeeping_ns_ = 0;
}

void Worker::run(std::int64_t start_ns, const std::stop_token& stop, LiveCounts* live) {
  const LoadPhase& phase = *phase_;
  start_ns_ = start_ns;
  // Who thinks need not wake to the microsecond.
  Release release{phase.closed ? ReleaseMode::sleep : setup_.release, kSpinBefore};
  settle();
  stalls_ = StallWatch{};
  const bool watches_stalls = !phase.closed && setup_.release != ReleaseMode::sleep;
  const std::int64_t cpu_from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
  const std::uint64_t written_from = bytes_written();
  std::int64_t waiting = 0, working = 0;  // ns by the wall clock
  std::int64_t now_ns = clock();
  if (phase.closed) start_closed_loop(now_ns);
  while (true) {
    if (now_ns >= next_housekeeping_ns_) {
      if (stop.stop_requested()) stop_early(now_ns);
      housekeeping(now_ns);
      recorder_.publish(now_ns, live);
    }
    const std::uint64_t sent_before = recorder_.result().sent;
    if (phase.closed) {
      end_thoughts(now_ns);
    } else {
      release_due(now_ns);
    }
    flush_outputs();
    if (finished(now_ns)) break;
    const std::int64_t asked_ns = phase.closed ? now_ns : clock();
    if (recorder_.result().sent != sent_before) working += asked_ns - now_ns;
    const int news = release.wait(poller_, now_ns, idle_ns(asked_ns));
    handle(news);
    // One reading a turn decides about releases. A wait that spun and found nothing was waiting.
    const std::int64_t next_ns = clock();
    if (release.spun()) (news == 0 ? waiting : working) += next_ns - asked_ns;
    if (watches_stalls) watch_stalls(release.spun(), news, asked_ns, next_ns);
    now_ns = next_ns;
  }
  end_thoughts(INT64_MAX);
  const Nanos cpu{clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_from};
  // In shares, as another thread may have had the CPU for a part of either.
  const double waiting_share =
      waiting == 0 ? 0 : static_cast<double>(waiting) / static_cast<double>(waiting + working);
  recorder_.publish(now_ns, live);
  recorder_.written(bytes_written() - written_from);
  recorder_.finish(cpu, waiting_share);
}

std::uint64_t Worker::bytes_written() noexcept {
  std::uint64_t bytes = 0;
  for (const Connection& connection : pool_.all()) bytes += connection.transport.bytes_written();
  return bytes;
}

// How long there is nothing to do but to read answers; negative: until something comes.
std::int64_t Worker::idle_ns(std::int64_t from_ns) const noexcept {
  if (!phase_->closed)
    return more_due() ? std::max<std::int64_t>(0, arrivals_->due_ns() - from_ns) : -1;
  return thinking_.empty() ? -1 : std::max<std::int64_t>(0, thinking_.front().wake_ns - from_ns);
}

void Worker::watch_stalls(bool spun, int news, std::int64_t from_ns, std::int64_t to_ns) noexcept {
  if (!spun) return stalls_.start_over();
  if (news != 0 || !stalls_.machine_stalled(from_ns, to_ns)) return;
  recorder_.machine_stalled(to_ns - from_ns);
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
    while (!parked_.empty()) recorder_.unfinished(parked_.pop().due.number);
  }
  return false;
}

// Nothing more begins; what is under way has a moment to end, but for the one request of a check.
void Worker::stop_early(std::int64_t now_ns) {
  if (give_up_ns_ == INT64_MAX) {
    end_ns_ = std::min(end_ns_, now_ns);
    give_up_ns_ = keeps_answers_ ? now_ns : now_ns + std::min(kStopGrace, setup_.timeout).count();
  }
  if (now_ns < give_up_ns_) return;
  while (!parked_.empty()) recorder_.unfinished(parked_.pop().due.number);
  for (Connection& connection : pool_.all()) {
    if (connection.busy > 0) fail(connection, ErrorKind::unfinished, now_ns, "interrupted");
  }
}

void Worker::release_due(std::int64_t now_ns) {
  for (int burst = 0; burst < kBurstMax && more_due() && arrivals_->due_ns() <= now_ns; ++burst) {
    const Due due{arrivals_->number(), arrivals_->due_ns(),
                  stalls_.held_up(arrivals_->due_ns(), now_ns)};
    arrivals_->advance();
    recorder_.came_due(due.number);
    if (parked_.empty()) {
      if (Call* call = pool_.take_idle()) {
        begin(*call, due, 0);
        continue;
      }
    }
    if (parked_.full()) {
      recorder_.too_late(due.number);
      continue;
    }
    parked_.push({due, now_ns});
  }
}

void Worker::start_closed_loop(std::int64_t now_ns) {
  while (next_number_ < count_end_) {
    Call* call = pool_.take_idle();
    if (call == nullptr) return;
    become_free(*call, now_ns);
    if (!call->busy) return;  // the phase is over already
  }
}

// Answered at `from_ns`: its connection's user reads before the next request.
void Worker::think(Call& call, std::int64_t from_ns) {
  if (phase_->think.mean <= Nanos{0}) return become_free(call, from_ns);
  double length_ns = static_cast<double>(phase_->think.mean.count());
  if (phase_->think.exponential) {
    const auto branch = static_cast<std::uint64_t>(index_);
    length_ns *= exponential_draw(derive_seed(phase_->arrival_seed, branch), thoughts_++);
  }
  call.thinks = true;
  thinking_.push_back({from_ns + std::llround(length_ns), &call});
  std::ranges::push_heap(thinking_, std::ranges::greater{}, &Thinking::wake_ns);
}

void Worker::end_thoughts(std::int64_t now_ns) {
  while (!thinking_.empty() && thinking_.front().wake_ns <= now_ns) {
    std::ranges::pop_heap(thinking_, std::ranges::greater{}, &Thinking::wake_ns);
    const Thinking woken = thinking_.back();
    thinking_.pop_back();
    woken.call->thinks = false;
    become_free(*woken.call, std::max(woken.wake_ns, clock()));
  }
}

// The call can carry a request from `free_at_ns` on.
void Worker::become_free(Call& call, std::int64_t free_at_ns) {
  if (!ConnectionPool::may_begin(call) || call.thinks) return;
  if (phase_->closed) {
    if (free_at_ns < end_ns_ && next_number_ < count_end_) {
      const std::uint64_t number = next_number_;
      next_number_ += static_cast<std::uint64_t>(workers_);
      recorder_.came_due(number);
      return begin(call, {number, free_at_ns, false}, 0);
    }
  } else if (!parked_.empty()) {
    const Parked next = parked_.pop();
    return begin(call, next.due, std::max<std::int64_t>(0, free_at_ns - next.parked_at_ns));
  }
  pool_.add_idle(call);
}

void Worker::begin(Call& call, const Due& due, std::int64_t wait_ns) {
  Connection& connection = *call.connection;
  call.busy = true;
  call.number = due.number;
  call.context = phase_->ids.at(due.number);
  call.due_ns = call.send_ns = due.due_ns;
  call.held_up = due.held_up;
  call.wait_ns = wait_ns;
  call.last_message_ns = 0;
  call.was_sent = call.again = false;
  call.retries = 0;
  ++connection.busy;
  ++in_flight_;
  recorder_.began();
  submit(call);
}

void Worker::submit(Call& call) {
  Connection& connection = *call.connection;
  if (call.retries > 0) look_by(call.send_ns + longest_ns());
  connection.session->begin(call);
  if (connection.has_output) queue_output(connection);
}

void Worker::queue_output(Connection& connection) {
  if (connection.queued_output) return;
  connection.queued_output = true;
  outputs_.push_back(&connection);
}

void Worker::on_sent(Call& call, std::int64_t at_ns) {
  if (call.was_sent) return;  // that was the first time
  call.was_sent = true;
  call.send_ns = at_ns;
  if (phase_->closed) call.due_ns = at_ns;
  recorder_.sent(call);
}

// The time that it takes is the sender's CPU, and what comes due meanwhile on this thread waits.
void Worker::make_body(const Call& call, BodyBuffer& out) {
  const BodyRequest request{phase_->ids, call.number, clock_ns(CLOCK_REALTIME), keeps_answers_};
  const std::size_t before = out.size();
  // To ask for the thread's CPU time takes as long as to write some spans: of small bodies, one of
  // so many is timed.
  const bool timed = large_bodies_ || bodies_++ % kTimedOneOf == 0;
  const std::int64_t from_ns = timed ? clock_ns(CLOCK_THREAD_CPUTIME_ID) : 0;
  const std::size_t made = make_body_(request, out);
  std::int64_t took_ns = timed ? clock_ns(CLOCK_THREAD_CPUTIME_ID) - from_ns : 0;
  large_bodies_ = made >= kLargeBody;
  if (!large_bodies_) took_ns *= kTimedOneOf;
  recorder_.made({made, out.size() - before, took_ns});
}

void Worker::on_refused(Call& call, std::int64_t at_ns) {
  if (send_again(call)) return;
  on_ended(call, Ending::error(ErrorKind::goaway), at_ns);
  if (keeps_answers_) kept_.problem = call.connection->session->explain();
}

// Keeps the call in its place until the connection has been opened anew. False: it has had its
// chances.
bool Worker::send_again(Call& call) {
  if (keeps_answers_ || call.retries == kRetriesMax) return false;
  ++call.retries;
  call.again = true;
  ++call.connection->again;
  recorder_.sent_again();
  return true;
}

void Worker::on_message(Call& call, std::int64_t at_ns) {
  recorder_.message(call, at_ns);
  call.last_message_ns = at_ns;
}

void Worker::on_ended(Call& call, const Ending& ending, std::int64_t at_ns) {
  Connection& connection = *call.connection;
  call.busy = false;
  --connection.busy;
  --in_flight_;
  connection.answered_once = true;
  if (keeps_answers_) kept_ = {ending, call.body, call.grpc_message, {}, connection.location};
  recorder_.ended(call, ending, at_ns);
  if (reads_) {
    freed_.push_back({&call, at_ns});
  } else {
    think(call, at_ns);
  }
}

}  // namespace tracetax
