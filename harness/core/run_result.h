// The record of a run: what was asked, where it ran, and every segment as measured. result.json is
// this struct; comparisons and verdicts are computed from it and never trusted from a file.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/check_line.h"
#include "harness/core/gate/gate_spec.h"
#include "harness/core/plan.h"
#include "harness/core/receipt/receipt.h"
#include "harness/core/request/otlp_account.h"
#include "harness/core/request/request_times.h"
#include "harness/core/slice_choice.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// CPU, memory and switches of a target's process tree, from measure start through drain.
struct TargetUsage {
  std::uint64_t cpu_ns = 0;        // user + system, all threads, children included
  double cpu_user_share = 0;       // 0..1, from tick counters: coarse
  std::uint64_t cpu_drain_ns = 0;  // the part spent after the last request was due
  std::uint64_t rss_peak_bytes = 0;
  std::uint64_t rss_steady_bytes = 0;  // at the end of the drain
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  std::optional<std::uint64_t> instructions, cycles;  // in user mode; none: not counted here
};

/// What one process tree of a target of several used, from measure start through drain.
struct ServiceUsage {
  std::string name;
  ServiceRole role = ServiceRole::subject;
  std::uint64_t cpu_ns = 0;
  std::uint64_t rss_peak_bytes = 0;
};

/// How a warm-up until steady went.
struct WarmUp {
  double took_s = 0;
  bool steady = true;                   // false: its limit came first
  std::vector<double> window_costs_us;  // CPU per request, window by window
};

/// How fast the target's cores were while it was measured: harness/core/shared_core.h.
struct CoreSpeed {
  double mean_ns = 0;     // CPU time of the probe's loop
  double fastest_ns = 0;  // its 5th percentile
  double slow_share = 0;  // of the loops: took 1.2 times the fastest and longer, 0..1
  std::uint64_t probes = 0;
};

/// Spans as the target itself counted them, if it says so when it ends.
struct SelfCounts {
  std::uint64_t started = 0, sampled = 0, ended = 0, dropped = 0, exported = 0, failed = 0;
  std::uint64_t set_after_end = 0;  // attributes, events and the like that came too late
  std::string sampler{}, exporter{}, processor{};  // as set up, whatever the variables say; empty:
                                                   // it does not say
};

/// Numbers that a service says about itself, by name with labels as it writes them:
/// "otelcol_exporter_sent_spans{exporter=\"otlp_http\"}". Counters: what they grew by from the
/// launch (of a process that is kept, from the start of the segment) to the end of the drain,
/// warm-up included, so that they close with what the sink received. Gauges: their last value.
using ServiceMetrics = std::map<std::string, double>;

/// Why a segment is void. The name in result.json is the enumerator's.
enum class VoidRule {
  rate_not_achieved,  // < 99 % of asked
  too_many_errors,    // > 0.1 %
  driver_lag,         // lag p95 above its limit
  machine_stalled,    // held up too many requests
  driver_saturated,   // driver busy > 80 % of its CPU beside its spinning, unless a closed loop
                      // fills the target's CPUs too; or queue bound reached
  receipt_open,       // spans expected != received
  target_restarted,   // the process or its tree died or changed during the segment
  target_failed,      // did not start, never ready, answered wrong at the check
  not_warm,           // CPU per request still fell while it was measured
  target_killed,      // ignored SIGTERM: its flush cannot be trusted
  companion_failed,   // a companion ended, or stopped answering, while it was measured
  invariant_broken,   // what must hold in a service's data does not
  interrupted,
};
[[nodiscard]] std::string_view name_of(VoidRule rule);

struct VoidReason {
  VoidRule rule;
  std::string detail;  // the numbers, and what to do about it
};

/// A tenth of a second or so of a segment's load, for pictures: nothing is computed from it.
struct SeriesTick {
  double at_s = 0;             // when it began, seconds since the segment's first request was due;
                               // of turns by the wall clock, so that others' slices lie between
  std::uint64_t requests = 0;  // answered as expected, and done within it
  std::uint64_t errors = 0;
  double p50_ns = 0, p99_ns = 0;           // response time of those; 0: too few (n (1 - q) < 1)
  double lag_p99_ns = 0;                   // of the driver; 0 in a closed loop
  std::optional<std::uint64_t> cpu_ns;     // of the target's tree; none: not metered
  std::optional<double> steal_pct;         // of the machine
  std::optional<std::uint64_t> rss_bytes;  // of the target's tree; none: not metered
  std::optional<double> core_ns;           // mean of the core probe's loop
};

struct SegmentSeries {
  double tick_s = 0;  // length of each; the last may be shorter
  std::vector<SeriesTick> ticks;
};

/// What an InvariantSpec, or a service about itself, said.
struct InvariantSeen {
  std::string service, name;
  bool holds = false;
  std::string saw;  // what was printed, cut to a line
};

struct SegmentRecord {
  SegmentSpec spec;
  std::string arm;
  std::string started_at;      // RFC 3339, UTC, ms
  double duration_s = 0;       // first due to last done
  std::uint64_t requests = 0;  // answered as expected
  std::uint64_t sent = 0;
  std::uint64_t late = 0;                       // queue bound reached: never sent
  std::map<std::string, std::uint64_t> errors;  // by kind
  double asked_rate = 0;                        // requests/s; 0 in a capacity segment
  double achieved_rate = 0;
  double sampled_share = 0;          // of the requests sent
  std::optional<TargetUsage> usage;  // none: not metered (attached without pid) or not measured
  std::vector<ServiceUsage>
      services;                   // one each, where the target has several or there are companions
  std::optional<WarmUp> warm_up;  // none: its length was given
  std::vector<double> third_costs_us;  // CPU per request in each third of the measured time
  SegmentSeries series;                // empty: of a record that was made before there was one
  int launch = 0;                      // kept processes: how often they had been started afresh
  std::optional<CoreSpeed> core;       // none: the target has no CPUs of its own
  std::optional<SelfCounts> self_counts;
  std::map<std::string, ServiceMetrics> service_metrics;  // by service, of those with `metrics`
  std::string
      export_words;  // of the target's SDK, on exports that failed; empty: none, or all came
  std::optional<OtlpAccount> otlp;  // none: the requests were no exports of spans
  Receipt receipt;
  std::vector<InvariantSeen> invariants;
  double lag_limit_ns = 0;  // how late the driver might be; 0: not known yet
  double driver_cpu_us_per_request = 0;
  double driver_busy = 0;  // share of the segment that the driver's threads had the CPU, without
                           // active waiting
  std::optional<double> target_busy;  // share of its CPUs' time that the target had while the load
                                      // ran; none: not metered
  double steal_pct = 0;
  std::uint64_t throttled = 0;    // cgroup periods
  RequestTimes times;             // packed when the segment has ended: there may be thousands
  std::string answer_digest;      // of the checked answer before timing
  std::vector<VoidReason> voids;  // empty: valid
  std::vector<std::string> warnings;

  [[nodiscard]] bool valid() const { return voids.empty(); }
};

/// Where it ran. Every text may be "unknown"; nothing is guessed.
struct MachineFacts {
  std::string cpu_model, governor, kernel, os, libc, virtualization, clocksource, aslr, thp;
  int cpus = 0, cpus_allowed = 0;
  std::uint64_t memory_bytes = 0;
  std::string cgroup_cpu_max, cgroup_memory_max, cpuset;
  double load_before = 0;  // 1-minute load average
  double steal_pct_before = 0;
  std::string ci_provider;                            // empty: none
  std::map<std::string, std::string> otel_variables;  // OTEL_* of the caller
  std::string fingerprint_sha256;                     // of the stable subset
};

struct PluginFacts {
  std::string path, sha256;  // as given on the command line; of the file's bytes
};

struct ToolFacts {
  std::string version, git_revision, compiler, build_type;
  bool sanitized = false;
  std::map<std::string, PluginFacts> plugins;  // by the scenario kind that they bring
};

struct SubjectFacts {  // one per target
  std::string name, kind, command, binary_sha256, off_state;
  std::map<std::string, std::map<std::string, std::string>> arm_env;  // arm -> what tracetax set
  /// Of a real one, by module, as the program says itself; "go", "GOMAXPROCS" and "GOGC" too.
  std::map<std::string, std::string> versions;
};

enum class RunStatus { complete, partial, invalid };
[[nodiscard]] std::string_view name_of(RunStatus status);

struct RunResult {
  std::string run_id;                   // uuid
  std::string started_at, finished_at;  // RFC 3339 UTC
  std::string label;  // of what was measured: --label, or the commit that CI names; empty: none
  RunStatus status = RunStatus::partial;
  std::string partial_reason;
  std::vector<std::string> argv;
  ToolFacts tool;
  MachineFacts machine;
  std::string pinned_driver, pinned_target, release_mode;  // as in force
  std::string pinned_shared;  // CPUs of the driver and the target; empty: none, as it should be
  std::vector<SubjectFacts> subjects;
  Suite suite;
  Plan plan;
  std::vector<double> cell_rates;       // requests/s offered per cell, auto resolved; 0 = not yet
  std::vector<double> cell_capacities;  // found by the ramp; 0 = not asked
  std::optional<SliceChoice> slice_choice;  // what the pilot said; none: nobody asked it
  std::vector<SegmentRecord> segments;      // as far as measured
  std::optional<GateSpec> gate;             // what is judged, as in force; none: measured only
  std::string
      stop_reason;  // why a complete run has fewer segments than its plan; empty: it has all
  std::vector<CheckLine> checks;      // what the look before the run saw; empty: there was none
  std::vector<std::string> warnings;  // about the run as a whole
};

}  // namespace tracetax
