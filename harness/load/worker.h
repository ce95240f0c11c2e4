// One worker thread's share of a phase: the hot loop. Gives requests to connections when they are
// due, and reads and writes what can be read and written: the poller tells what can, the recorder
// keeps what came of it. Shares nothing, and allocates nothing while requests are answered; of the
// protocols below it, HTTP/2 and gRPC do, for libnghttp2 allocates for each stream.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "harness/load/arrival_stream.h"
#include "harness/load/connection_pool.h"
#include "harness/load/engine.h"
#include "harness/load/poller.h"
#include "harness/load/recorder.h"
#include "harness/load/session/ring.h"
#include "harness/load/stall_watch.h"

namespace tracetax {

/// The last answer in full; kept for check_once() only.
struct KeptAnswer {
  std::optional<Ending> ending;
  std::string body;
  std::string grpc_message;
  std::string problem;   // why the connection failed, in words
  std::string location;  // of a redirect
};

class Worker final : private SessionOwner {
 public:
  /// Worker `index` of `workers`, with `connections` of its own. `setup` must outlive it.
  Worker(const LoadSetup& setup, const SocketAddress& address, int index, int workers,
         int connections);

  /// Opens all connections; returns when they can carry calls. Error (invalid) names the reason;
  /// (interrupted): a stop was requested.
  [[nodiscard]] Status connect_all(const std::stop_token& stop);
  /// From now on the last answer is kept(); for single calls, as it costs copies.
  void keep_answers() { keeps_answers_ = true; }
  [[nodiscard]] const KeptAnswer& kept() const noexcept { return kept_; }

  /// What takes milliseconds before a phase, such as the first touch of its histograms: to be over
  /// before anybody says when it begins. `phase` must outlive run().
  void prepare(const LoadPhase& phase);
  /// Runs the prepared phase, which begins at `start_ns` (monotonic). Both are to be called on the
  /// worker's own thread.
  void run(std::int64_t start_ns, const std::stop_token& stop, LiveCounts* live);

  /// What the last run() measured.
  [[nodiscard]] const Recorder& recorded() const noexcept { return recorder_; }
  [[nodiscard]] TickRing& ticks() noexcept { return recorder_.ticks(); }

 private:
  struct Due {
    std::uint64_t number;
    std::int64_t due_ns;
    bool held_up;  // by a stall of the machine
  };
  struct Freed {  // answered, and free since
    Call* call;
    std::int64_t at_ns;
  };
  struct Thinking {  // until then
    std::int64_t wake_ns;
    Call* call;
  };
  struct Parked {  // due, but no call was free
    Due due;
    std::int64_t parked_at_ns;
  };

  static constexpr std::int64_t kBeforeAll = INT64_MIN;  // as end_ns_: no phase runs

  void on_ready(Connection& connection, std::int64_t at_ns) override;
  void on_sent(Call& call, std::int64_t at_ns) override;
  void on_message(Call& call, std::int64_t at_ns) override;
  void on_ended(Call& call, const Ending& ending, std::int64_t at_ns) override;
  void on_refused(Call& call, std::int64_t at_ns) override;
  void make_body(const Call& call, BodyBuffer& out) override;
  [[nodiscard]] std::int64_t clock() const noexcept override;

  void settle();
  /// On one connection, in an open loop: the kernel's notes cost it something for each packet.
  void note_arrivals() noexcept { pool_.all().front().transport.note_arrivals(!phase_->closed); }
  void watch_stalls(bool spun, int events, std::int64_t from_ns, std::int64_t to_ns) noexcept;
  [[nodiscard]] bool more_due() const noexcept;
  [[nodiscard]] bool finished(std::int64_t now_ns) noexcept;
  void release_due(std::int64_t now_ns);
  void start_closed_loop(std::int64_t now_ns);
  void think(Call& call, std::int64_t from_ns);
  void end_thoughts(std::int64_t now_ns);
  [[nodiscard]] std::int64_t idle_ns(std::int64_t from_ns) const noexcept;
  void become_free(Call& call, std::int64_t free_at_ns);
  void begin(Call& call, const Due& due, std::int64_t wait_ns);
  void submit(Call& call);
  [[nodiscard]] bool send_again(Call& call);
  void queue_output(Connection& connection);
  void flush_outputs();
  void flush(Connection& connection);
  void handle(int news);
  void handle(Connection& connection, const Readiness& ready);
  void make_progress(Connection& connection, std::int64_t at_ns);  // towards `open`
  void read_answers(Connection& connection);
  [[nodiscard]] bool reopen_if_drained(Connection& connection);
  void end_of_stream(Connection& connection, std::int64_t at_ns);
  void time_out(Call& call, std::int64_t now_ns);
  void fail(Connection& connection, ErrorKind kind, std::int64_t at_ns,
            std::string_view problem = {});
  void reopen(Connection& connection, std::int64_t at_ns);
  void housekeeping(std::int64_t now_ns);
  void look_after(Connection& connection, std::int64_t now_ns);
  void look_by(std::int64_t at_ns) noexcept { next_look_ns_ = std::min(next_look_ns_, at_ns); }
  [[nodiscard]] std::int64_t longest_ns() const noexcept;
  [[nodiscard]] std::uint64_t bytes_written() noexcept;
  void stop_early(std::int64_t now_ns);

  const LoadSetup& setup_;
  int index_, workers_;
  PreparedScenario scenario_;  // own copy: the context is patched in place
  MakeBody make_body_;         // of exports
  Poller poller_;
  ConnectionPool pool_;
  std::optional<TlsContext> tls_;
  Ring<Parked> parked_;
  std::vector<char> read_buffer_;
  std::vector<Connection*> outputs_;  // whose sessions want flush()
  std::vector<Freed> freed_;          // while the news of one wait are read
  std::vector<Thinking> thinking_;    // a heap: who wakes first is its front
  bool reads_ = false;
  bool keeps_answers_ = false;
  KeptAnswer kept_;
  Recorder recorder_;

  // of the running phase
  const LoadPhase* phase_ = nullptr;
  std::optional<ArrivalStream> arrivals_;
  StallWatch stalls_;
  std::int64_t start_ns_ = 0;
  std::int64_t end_ns_ = 0;        // arrivals stop here
  std::int64_t give_up_ns_ = 0;    // whatever is under way ends here: a stop was requested
  std::uint64_t count_end_ = 0;    // and at this number
  std::uint64_t next_number_ = 0;  // closed loop
  std::uint64_t thoughts_ = 0;     // so far
  int in_flight_ = 0;
  std::int64_t next_housekeeping_ns_ = 0;
  std::int64_t next_look_ns_ = 0;  // when the next connection wants to be looked after
  std::size_t looked_after_ = 0;   // of the connections, in the round that began then
};

}  // namespace tracetax
