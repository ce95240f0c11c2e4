// A suite: targets x scenarios x arms, the load and the design, as plain data. Read from a JSON
// file (comments allowed) by suite_reader.h; every mistake in the file is found there, so later
// stages trust these values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/gate/gate_spec.h"
#include "harness/core/request/arrivals.h"
#include "harness/core/request/keep_rule.h"
#include "harness/core/sink/sink_spec.h"
#include "harness/core/suite/scenario_spec.h"
#include "harness/core/text/units.h"
#include "harness/core/topology/topology.h"

namespace tracetax {

using Environment = std::map<std::string, std::string>;  // of a process

/// The ladder of tracing states; each step adds one cost.
enum class TracingState { absent, noop, drop, record, exporting };
[[nodiscard]] std::string_view name_of(TracingState state);  // exporting is written "export"
[[nodiscard]] std::optional<TracingState> tracing_state_from(std::string_view name);

/// How targets are told to export; the values of OTEL_EXPORTER_OTLP_PROTOCOL.
enum class OtlpProtocol { http_protobuf, grpc, http_json };
[[nodiscard]] std::string_view name_of(
    OtlpProtocol protocol);  // "http/protobuf" "grpc" "http/json"

enum class Sampling { caller, target };
[[nodiscard]] std::string_view name_of(Sampling sampling);  // "caller" "target"

/// `real` is a framework's own server as scripts/build-real makes it: a program NAME that knows
/// --port and --describe, as `tracetax-target NAME` does.
enum class TargetKind { emulated, real, command, attached };
[[nodiscard]] std::string_view name_of(TargetKind kind);  // "emulated" "real" "command" "attached"

/// Whose CPU it is: the subject's is in the headline, a companion's (collector, database, broker,
/// proxy) is shown apart and in a sum.
enum class ServiceRole { subject, companion };
[[nodiscard]] std::string_view name_of(ServiceRole role);  // "subject" "companion"

/// Something that must hold in a service's data when a segment has been drained, such as that no
/// more was sold than there was.
struct InvariantSpec {
  std::string name;
  std::vector<std::string> command;  // program and arguments, no shell; exits with 0
  std::string expects;               // what it must print, ends of lines aside
};

/// One process of a target of several, or a companion of the suite. Placeholders in every text but
/// names are replaced when it is started: harness/core/text/placeholders.h.
struct ServiceSpec {
  std::string name;
  std::string use;                    // what it is in the catalog of services; empty: given here
  bool front = false;                 // where the load goes: the target itself
  std::vector<std::string> command;   // program and arguments, no shell
  std::vector<std::string> programs;  // for its first word: the first of these that is there
  std::string install;                // what to do where none is, for the message
  std::string working_dir;            // empty: the suite file's folder
  Environment env;
  std::vector<std::string> ports;                     // by name, beside its own
  std::map<std::string, std::string> files;           // name in {dir} -> content, written before it
  std::vector<std::vector<std::string>> prepare;      // commands that must succeed before it
  std::string ready;                                  // URL, as of a target
  std::vector<std::string> ready_command;             // or a command that must exit with 0
  std::vector<std::vector<std::string>> after_ready;  // commands that must succeed once it is ready
  std::string metrics;  // URL of its own numbers in the text format of Prometheus, read when a
                        // segment has been drained; empty: none
  Nanos ready_within{std::chrono::seconds{20}};
  Nanos stop_within{std::chrono::seconds{10}};
  int stop_signal = 15;  // SIGTERM
  std::string user;      // to run as, if tracetax is root; empty: the same
  ServiceRole role = ServiceRole::companion;
  bool traced = false;  // has the arm's environment, as the front has it
  std::optional<Nanos>
      holds_spans;                  // it passes spans on, at most so much later; unset: it has none
  std::optional<std::string> cpus;  // unset: the target's
  bool per_block = false;           // up for a whole block, not started for every segment
  std::map<std::string, Environment> per_arm;  // environment by arm
  std::vector<InvariantSpec> invariants{};     // asked of it before it is stopped
};

/// A program under test. Placeholder {port} in command, args, env and ready is replaced by a free
/// port.
struct TargetSpec {
  std::string name;
  TargetKind kind = TargetKind::emulated;
  std::string framework;  // emulated: the NAME of tracetax-target NAME; real: its NAME
  std::string pair;  // real and emulated: the NAME under which both stand; empty: it stands alone
  std::vector<std::string> args;     // emulated and real: further arguments
  std::vector<std::string> command;  // command: program and arguments, no shell
  std::string working_dir;           // command: empty = the suite file's folder
  Environment env;
  std::string ready;  // URL that must answer 2xx, or "tcp://127.0.0.1:{port}"
  Nanos ready_within{std::chrono::seconds{10}};
  Nanos stop_within{std::chrono::seconds{10}};  // after SIGTERM, before SIGKILL
  std::string url;                              // attached: http://host:port of what already runs
  std::optional<pid_t> pid;          // attached: whose CPU is metered; none = not metered
  int spans_per_request = 1;         // of a sampled request when the state is export
  std::optional<OtlpProtocol> otlp;  // unset: the suite's
  std::optional<Sampling> sampling;  // unset: the load's
  bool can_be_absent = false;        // emulated targets can; else `off` means noop
  /// All its processes in the order of their start, one of them the front, whose command, env,
  /// ready and times are the target's own. Empty: it is one process.
  std::vector<ServiceSpec> services;
  std::string describe;  // a file with what it says about itself, relative to the suite's folder
  /// A system of several services, of which `services` are made. Null: it is none.
  std::shared_ptr<const SystemSpec> system{};
  // The suite's own word, which goes before a description's.
  bool says_spans = false;
  bool says_absent = false;
};

/// Its front, where it has services; null: it is one process.
[[nodiscard]] const ServiceSpec* front_of(const TargetSpec& target);

/// Whether `scenario` is measured on `target`.
[[nodiscard]] bool is_for(const ScenarioSpec& scenario, const TargetSpec& target);

/// What an arm changes for one target, for programs whose SDK needs more than the standard
/// variables.
struct ArmOverride {
  Environment env;
  std::optional<std::vector<std::string>> args;
  std::optional<std::vector<std::string>> command;
  std::optional<std::string>
      program;  // in place of tracetax-target, or of the command's first word
  std::optional<std::string> working_dir;  // of a command
};

enum class ArmRole {
  off,
  sham,  // off once more
  traced,
  base,  // a traced arm as the base revision runs it; compared with that arm only
};
[[nodiscard]] std::string_view name_of(
    ArmRole role);  // "off" "sham" "rate" "base", as in result.json

/// A sampler by the name that the target's SDK knows it by.
struct SamplerSpec {
  std::string name;      // OTEL_TRACES_SAMPLER
  std::string argument;  // OTEL_TRACES_SAMPLER_ARG; empty: none
};

struct ArmSpec {
  std::string name;
  ArmRole role = ArmRole::traced;
  std::optional<TracingState>
      state;  // unset for off and sham: absent where the target can, else noop
  SampleRate rate;
  std::optional<OtlpProtocol> otlp;    // unset: the target's
  std::optional<SamplerSpec> sampler;  // unset: the one that follows from who decides, and the rate
  Environment env;
  std::map<std::string, ArmOverride> per_target;
  SinkSpec sink;               // how the sink treats the targets in this arm
  bool loss_expected = false;  // spans may be lost; the numbers are told with the loss beside them
  std::optional<KeepRule> keeps{};  // traces are dropped on purpose, but these
  std::string variant{};            // of the targets' topologies; empty: as they are
  bool counts_spans = false;  // server spans are counted in place, and the counts are exported
};

/// The state in which `arm` runs `target`.
[[nodiscard]] TracingState state_of(const ArmSpec& arm, const TargetSpec& target);

struct LoadShape {
  /// What is offered, each in cells of its own; at least one.
  std::vector<OfferedRate> levels{CapacityShare{0.5}};
  /// Nothing is offered: all segments are closed loops, which show what the target can do. They
  /// last Design::measure, and their CPU is metered.
  bool closed = false;
  Arrivals arrivals = Arrivals::poisson;
  Sampling sampling = Sampling::caller;
  int connections = 16;
  int streams = 10;  // HTTP/2 and gRPC: calls at once on each connection
  int threads = 1;
  std::uint64_t queue = 100'000;  // requests that may be due and waiting; more are counted as late
  Nanos timeout{std::chrono::seconds{5}};
};

/// Of the requests of `scenario`: its own word, else the load's.
[[nodiscard]] inline int connections_of(const ScenarioSpec& scenario, const LoadShape& load) {
  return scenario.connections.value_or(load.connections);
}

/// "20%" of what `off` can do, or "10 k/s".
[[nodiscard]] std::string level_name(const OfferedRate& level);

/// Whether every segment has processes of its own.
enum class Processes {
  fresh,  // launched for each segment
  kept,   // up across blocks, and launched afresh every Design::fresh_every blocks
};
[[nodiscard]] std::string_view name_of(Processes processes);  // "fresh" "kept"

struct Design {
  int blocks = 10;
  Nanos warmup{std::chrono::milliseconds{500}};  // the shortest, where it lasts until steady
  bool until_steady = false;  // warm up until CPU per request falls no more: harness/core/warm.h
  Nanos warmup_limit{std::chrono::seconds{60}};  // of that
  std::optional<Processes> processes;  // none: by the runtime that a look finds, else fresh
  int fresh_every = 3;                 // blocks, where processes are kept
  Nanos measure{std::chrono::seconds{3}};
  std::optional<Nanos> slice;  // how long a turn of an arm lasts; none: arms run one after another
  bool slice_auto = false;  // a pilot decides whether the arms take turns: RunResult::slice_choice
  Nanos drain{std::chrono::seconds{10}};         // deadline; reaching it voids
  Nanos settle{std::chrono::milliseconds{300}};  // shortest wait after load, the same in every arm
  std::optional<Nanos> capacity;      // length of the closed-loop segment; none = not asked
  std::optional<std::uint64_t> seed;  // unset: from entropy, recorded

  /// In how many slices an open segment is measured: the whole number nearest to what was asked
  /// for, at least 1.
  [[nodiscard]] int slices() const;
};

/// CPU lists as taskset takes them ("0", "0-3,6"); unset = chosen automatically.
struct Pinning {
  std::optional<std::string> driver;
  std::optional<std::string> target;
};

struct Suite {
  std::string name;
  std::string description;
  std::vector<TargetSpec> targets;
  std::vector<ScenarioSpec> scenarios;
  std::vector<ArmSpec> arms;  // arms[0] is `off`, the baseline
  std::string reference;  // what arms are compared with: another arm, or kPreviousArm; empty: off
  std::vector<ServiceSpec> companions;  // of every target, in the order of their start
  LoadShape load;
  Design design;
  Pinning pin;
  Environment env;  // for every target in every arm
  OtlpProtocol otlp = OtlpProtocol::http_protobuf;
  std::optional<GateSpec> gate;  // what the suite says about judging; gate_reader.h completes it
  SinkSpec sink;                 // of the arms that do not say otherwise
  std::optional<int> sink_port;  // of OTLP/HTTP; unset: a free one
  std::optional<int> sink_grpc_port;  // of OTLP/gRPC; unset: a free one, where a target needs it
  std::optional<std::uint64_t> sink_memory;  // bytes that it may keep; unset: as it likes
  std::string path;                          // as given
  std::string folder;                        // of the file, absolute; empty if there is no file
  std::string digest_sha256;                 // of the file's bytes and the overrides
  Json resolved;                             // what is in force, defaults filled in
};

/// What the arms need of a sink for its whole life, each once, in the order of the arms: TLS and
/// required headers, no faults. One unless arms differ.
[[nodiscard]] std::vector<SinkSpec> doors_needed(const Suite& suite);
/// Which of these is that of an arm.
[[nodiscard]] std::size_t door_of(const Suite& suite, int arm);

/// As a reference: the arm before, of those that are no sham.
inline constexpr std::string_view kPreviousArm = "previous";
/// The arm that the tables compare `arm` with; nothing for the reference itself. A sham arm is
/// always compared with `off`, whose copy it is.
[[nodiscard]] std::optional<int> reference_of(const Suite& suite, int arm);

/// Whether a run of this design measures it at all. Capacity takes a closed loop.
[[nodiscard]] bool measures(const Design& design, Metric metric);

/// Who decides which requests to `target` are sampled: the target's word, else the load's.
[[nodiscard]] Sampling sampling_of(const Suite& suite, const TargetSpec& target);

/// The protocol that `arm` tells `target` to export with: the arm's word, else the target's, else
/// the suite's.
[[nodiscard]] OtlpProtocol otlp_of(const Suite& suite, const TargetSpec& target,
                                   const ArmSpec& arm);

}  // namespace tracetax
