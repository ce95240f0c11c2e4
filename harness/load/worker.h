// One worker thread's share of a phase: the hot loop. Releases requests when they are due, reads
// answers, records times. Allocates nothing while requests flow (only on errors), shares nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "harness/load/arrivals.h"
#include "harness/load/connection_pool.h"
#include "harness/load/engine.h"
#include "harness/load/error_tally.h"
#include "harness/load/ring.h"
#include "harness/load/stall_watch.h"

namespace tracetax {

class Worker {
 public:
  /// Worker `index` of `workers`, with `connections` of its own. `setup` must outlive it.
  Worker(const LoadSetup& setup, const SocketAddress& address, int index, int workers, int connections);

  /// Opens all connections; returns when they are open. Error (invalid) names the reason.
  [[nodiscard]] Status connect_all();

  /// Runs the phase that begins at `start_ns` (monotonic). To be called on the worker's own thread.
  void run(const LoadPhase& phase, std::int64_t start_ns, const std::stop_token& stop, LiveCounts* live);

  /// What the last run() measured. `due` is one past the greatest number this worker made.
  [[nodiscard]] LoadResult& result() noexcept { return result_; }
  /// When the last request was sent, ns since the phase began.
  [[nodiscard]] std::int64_t last_send_ns() const noexcept { return last_send_ns_; }

 private:
  struct Parked {  // due, but no connection was free
    std::uint64_t number;
    std::int64_t due_ns;
    std::int64_t parked_at_ns;
    bool held_up;
  };
  struct Due {
    std::uint64_t number;
    std::int64_t due_ns;
    std::int64_t wait_ns;  // for a free connection
    bool held_up;          // by a stall of the machine
  };

  void reset_for(const LoadPhase& phase, std::int64_t start_ns);
  void settle();
  [[nodiscard]] std::int64_t now() const noexcept;
  void watch_stalls(bool spun, int events, std::int64_t from_ns, std::int64_t to_ns) noexcept;
  [[nodiscard]] bool more_due() const noexcept;
  [[nodiscard]] bool finished(std::int64_t now_ns) noexcept;
  void release_due(std::int64_t now_ns) noexcept;
  void start_closed_loop(std::int64_t now_ns) noexcept;
  void become_free(Connection& connection, std::int64_t free_at_ns) noexcept;
  void begin(Connection& connection, const Due& due) noexcept;
  void send_rest(Connection& connection) noexcept;
  void handle(Connection& connection, std::uint32_t events) noexcept;
  void read_answers(Connection& connection) noexcept;
  /// False when the connection was closed.
  [[nodiscard]] bool take_bytes(Connection& connection, std::string_view bytes, std::int64_t at_ns) noexcept;
  void finish(Connection& connection, std::int64_t done_ns) noexcept;
  void fail(Connection& connection, ErrorKind kind, std::int64_t at_ns) noexcept;
  void reopen(Connection& connection, std::int64_t at_ns) noexcept;
  void housekeeping(std::int64_t now_ns) noexcept;
  void publish(LiveCounts* live) noexcept;

  const LoadSetup& setup_;
  int index_, workers_;
  ConnectionPool pool_;
  std::vector<RequestTemplate> requests_;  // own copy: the traceparent is patched in place
  Ring<Parked> parked_;
  std::vector<char> read_buffer_;

  // of the running phase
  const LoadPhase* phase_ = nullptr;
  std::optional<ArrivalStream> arrivals_;
  StallWatch stalls_;
  std::int64_t start_ns_ = 0;
  std::int64_t end_ns_ = 0;                // arrivals stop here
  std::uint64_t count_end_ = 0;            // and at this number
  std::uint64_t next_number_ = 0;          // closed loop
  int in_flight_ = 0;
  std::int64_t last_send_ns_ = 0;
  std::int64_t last_done_ns_ = 0;
  std::int64_t next_housekeeping_ns_ = 0;
  std::uint64_t published_ok_ = 0, published_errors_ = 0, published_late_ = 0;
  ErrorTally errors_;
  LoadResult result_;
};

}  // namespace tracetax
