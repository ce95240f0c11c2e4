// The load engine: turns a phase (when requests are due) and a prepared scenario (what they are)
// into requests on time, and keeps how long they took from when they were due. It speaks HTTP/1.1
// with keep-alive, HTTP/2 and gRPC, each plain or through TLS, and RPC protocols over bare TCP.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/core/histogram/histogram.h"
#include "harness/core/request/arrivals.h"
#include "harness/core/request/otlp_account.h"
#include "harness/core/request/rate_curve.h"
#include "harness/core/request/request_ids.h"
#include "harness/core/request/request_times.h"
#include "harness/core/text/error.h"
#include "harness/load/make_session.h"
#include "harness/load/release.h"
#include "harness/load/session/error_tally.h"
#include "harness/load/session/outcome_log.h"
#include "harness/load/session/scenario.h"
#include "harness/load/ticks/tick.h"

namespace tracetax {

inline constexpr Nanos kStopGrace{std::chrono::milliseconds{500}};

struct LoadSetup {
  Endpoint endpoint;
  PreparedScenario scenario;
  int connections = 16;
  int streams = 10;  // at once on each connection; a protocol that cannot has one
  int threads = 1;   // each with its share of the connections, at least one
  ReleaseMode release = ReleaseMode::hybrid;
  bool before_others = false;  // an open loop asks for real time (engine.cc); only where the target
                               // has CPUs of its own, or it would starve
  std::uint64_t queue = 100'000;  // due requests that may wait for a connection, all threads
  Nanos timeout{std::chrono::seconds{5}};  // of one request, from send

  [[nodiscard]] int streams_each() const { return multiplexes(scenario) ? streams : 1; }
};

/// How long a connection waits after an answer before it sends again.
struct ThinkTime {
  Nanos mean{0};
  bool exponential = false;  // at random; else always as long
};

struct LoadPhase {
  bool closed = false;  // closed loop: back to back on every connection
  ThinkTime think{};    // but for this, on each
  double rate = 0;      // open loop: requests/s, all threads
  // Open loop: how the rate changes from `rate` on; empty: not at all. As long as `duration`.
  std::vector<RateStage> stages{};
  Arrivals arrivals = Arrivals::constant;
  std::uint64_t arrival_seed = 0;
  Nanos duration{0};                   // requests are due in [0, duration)
  std::optional<std::uint64_t> count;  // ends earlier, after so many requests
  RequestIds ids;
  TickPlan ticks{};
};

/// Response times added up, in ns.
struct ResponseSum {
  std::uint64_t count = 0;
  double total = 0, squares = 0;
  void add(double ns) noexcept {
    ++count;
    total += ns;
    squares += ns * ns;
  }
};

/// What came of one stage of a phase.
struct StageResult {
  Nanos begin{0}, end{0};
  double rate_from = 0, rate_to = 0;  // requests/s
  double asked = 0;                   // requests due in it
  std::uint64_t ok = 0;               // answered as expected before its end, and after its begin
  Histogram response;                 // of what was due in it
};

struct LoadResult {
  std::uint64_t due = 0;  // numbers [0, due) came due
  std::uint64_t sent = 0;
  std::uint64_t ok = 0;    // answered as expected
  std::uint64_t late = 0;  // queue bound reached: never sent
  // No errors: connections that the server ended between requests, and requests that were sent
  // again because it had not taken them.
  std::uint64_t reconnects = 0, retries = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  std::optional<OtlpAccount> otlp;  // of requests that are exports of spans
  ErrorCounts errors;
  // Request numbers, for the receipt: see ledger.h. `exceptions_lost` counts those that had no
  // room.
  std::vector<std::uint64_t> not_sent, uncertain;
  std::uint64_t exceptions_lost = 0;
  std::optional<Outcomes> outcomes;  // where the scenario reads them
  double asked_rate = 0;             // requests/s; 0 when closed
  double achieved_rate = 0;          // answered as expected, over `length`
  Nanos length{0};        // of the phase: as planned, or to the last send if that was later
  Nanos elapsed{0};       // first due to last done
  Nanos cpu{0};           // of the worker threads
  Nanos cpu_spinning{0};  // the part of it spent waiting actively: estimated, see worker.cc
  std::uint64_t machine_stalls = 0;  // see stall_watch.h; seen only while spinning
  Nanos machine_stalled{0};          // in all
  std::int64_t start_ns = 0;         // of the phase, on the monotonic clock
  RequestTimes times;
  // Open loop: how long answers had lain in the kernel when they were read, on one connection of
  // each worker. The rest of the driver's lateness beside RequestTimes::lag: response and service
  // include it.
  Histogram lay_unread;
  std::vector<StageResult> stages;  // that have a length
  std::string redirected_to;        // the Location of the first answer that was an unexpected 3xx
  // Open loop: of what was due in the first and in the second half of the phase.
  ResponseSum first_half, second_half;
  [[nodiscard]] std::uint64_t error_total() const;
};

/// Counters for a progress line, written by the workers (relaxed) and read by anyone.
struct LiveCounts {
  std::atomic<std::uint64_t> ok{0}, errors{0}, late{0};
};

/// One answer in full, from a single unhurried request.
struct CheckedAnswer {
  int status = 0;                  // of HTTP, or grpc-status
  std::string body;                // gRPC: the messages, framed
  std::string body_sha256_prefix;  // 16 hex digits, to compare arms
};
/// Sends request 0 of the scenario with an unsampled context on a fresh connection and checks
/// status and body. Error (invalid) says what came instead; (interrupted): a stop was requested.
/// Blocks up to `timeout`.
[[nodiscard]] Result<CheckedAnswer> check_once(const Endpoint& endpoint,
                                               const PreparedScenario& scenario, Nanos timeout,
                                               const std::stop_token& stop = {});

/// What check_once() sends for the `number`th time in this process, and how often it has begun to.
/// The flag says unsampled; a sampler that does not heed its caller may keep it all the same. Any
/// thread.
[[nodiscard]] RequestIds ids_of_check(std::uint64_t number);
[[nodiscard]] std::uint64_t checks_begun();

class Engine {
 public:
  /// Opens every connection. Error (invalid) if the endpoint does not accept them within the
  /// timeout, (interrupted) if a stop is requested before.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> connect(LoadSetup setup,
                                                               const std::stop_token& stop = {});
  ~Engine();

  /// Runs one phase to its end and drains it: returns when every request sent is answered, failed
  /// or timed out. Phases follow each other on the same connections. Called from one thread; the
  /// workers are threads of their own that inherit the caller's CPU affinity. A stop request ends
  /// the phase early; what was measured is returned. Answers may still come for kStopGrace, then
  /// what is under way is unfinished.
  [[nodiscard]] LoadResult run(const LoadPhase& phase, std::stop_token stop = {},
                               LiveCounts* live = nullptr);

  /// Calls `visit(worker, tick)` for each of the phase's ticks that is over and was not taken yet,
  /// worker by worker, the oldest first. From one thread at a time, which may be another than that
  /// in run(); what is left after run() is lost when the next phase begins.
  void take_ticks(const std::function<void(std::size_t worker, const LoadTick& tick)>& visit);
  [[nodiscard]] std::size_t workers() const;

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tracetax
