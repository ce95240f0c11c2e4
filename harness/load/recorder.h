// What one worker writes down of a phase: what became of every request, how long it took, and the
// numbers of those that a receipt must know of. Counters in memory of its own: it allocates nothing
// while requests are answered as expected.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "harness/load/engine.h"
#include "harness/load/session/error_tally.h"
#include "harness/load/session/session.h"
#include "harness/load/ticks/tick_ring.h"

namespace tracetax {

/// One per worker thread; used by that thread only, until the phase is over. Times in ns since the
/// phase began.
class Recorder {
 public:
  /// `scenario` says which answers are right; it must outlive this.
  explicit Recorder(const PreparedScenario& scenario);

  /// Forgets the last phase. It is of the `worker`th of `workers`.
  void begin(const LoadPhase& phase, int worker = 0, int workers = 1);
  /// What went wrong until now happened in no phase.
  void forget_errors() noexcept {
    errors_ = ErrorTally{};
    if (ticks_.on()) ticks_.open().errors = ErrorTally{};
    result_.reconnects = 0;
  }

  void came_due(std::uint64_t number) noexcept { result_.due = std::max(result_.due, number + 1); }
  /// Due, but too many were waiting already: it is never sent.
  void too_late(std::uint64_t number) noexcept;
  /// Still waiting for a call when the phase had to end: it is never sent.
  void unfinished(std::uint64_t number) noexcept;
  struct Made {
    std::size_t bytes, packed;  // before and after compression
    std::int64_t took_ns;       // CPU; 0 where it was not timed
  };
  /// The body of an export.
  void made(const Made& body) noexcept;
  /// On the sockets, in all.
  void written(std::uint64_t bytes) noexcept { result_.bytes_sent = bytes; }
  /// Was given to a connection.
  void began() noexcept { ++result_.sent; }
  /// Its first byte went out at `call.send_ns`.
  void sent(const Call& call) noexcept;
  /// A message of a stream came; before `call.last_message_ns` says so.
  void message(const Call& call, std::int64_t at_ns) noexcept;
  /// It is over, in one way or another.
  void ended(const Call& call, const Ending& ending, std::int64_t at_ns);

  /// It will be sent once more.
  void sent_again() noexcept { ++result_.retries; }
  /// A connection ended that carried no call: a server may do that.
  void connection_ended() noexcept { ++result_.reconnects; }
  /// A connection failed that carried no call.
  void connection_failed(ErrorKind kind) noexcept { failed(Ending::error(kind)); }
  void received(std::size_t bytes) noexcept { result_.bytes_received += bytes; }
  void lay_unread(std::int64_t ns) noexcept { result_.lay_unread.record(ns); }
  void machine_stalled(std::int64_t ns) noexcept;

  /// Adds what is new since the last time; `live` may be null. Ends the tick that is over.
  void publish(std::int64_t now_ns, LiveCounts* live) noexcept;
  /// The phase is over; `spinning_share` of the worker's CPU went into active waiting.
  void finish(Nanos cpu, double spinning_share);

  /// Of the last phase: whole after finish(). `due` is one past the greatest number that this
  /// worker made.
  [[nodiscard]] const LoadResult& result() const noexcept { return result_; }
  [[nodiscard]] std::int64_t last_send_ns() const noexcept { return last_send_ns_; }
  /// Of the phase, for one reader.
  [[nodiscard]] TickRing& ticks() noexcept { return ticks_; }

 private:
  void failed(const Ending& ending) noexcept;
  [[nodiscard]] bool take_answer(const Call& call);
  void keep_message(std::string_view message);
  void finish_account();
  [[nodiscard]] bool as_expected(const Call& call, const Ending& ending) const noexcept;
  [[nodiscard]] bool is_branch(const Call& call, int code) const noexcept;
  [[nodiscard]] bool out_of_time(const Ending& ending) const noexcept;
  void took(const Call& call, std::int64_t done_ns) noexcept;
  [[nodiscard]] StageResult* stage_at(std::int64_t at_ns) noexcept;

  const PreparedScenario& scenario_;
  Ending::Kind right_ending_;
  bool closed_ = false;       // loop
  std::int64_t half_ns_ = 0;  // of the phase
  std::int64_t last_send_ns_ = 0;
  std::int64_t last_done_ns_ = 0;
  std::uint64_t published_ok_ = 0, published_errors_ = 0, published_late_ = 0;
  ErrorTally errors_;
  OutcomeLog outcomes_;
  LoadResult result_;
  TickRing ticks_;
};

}  // namespace tracetax
