// A target that runs and is ready: launched afresh for one segment, or attached. It may be several
// processes, the suite's companions among them; who only needs the front sees one. Ends with this
// object.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/ledger/metrics_page.h"
#include "harness/core/run_result.h"
#include "harness/core/text/error.h"
#include "harness/load/session/scenario.h"
#include "harness/run/meter/cpu_meter.h"
#include "harness/run/process/pinning.h"
#include "harness/run/process/process.h"
#include "harness/run/process/target_output.h"
#include "harness/run/service/arm_environment.h"
#include "harness/run/service/running_service.h"
#include "harness/run/service/service_pool.h"

namespace tracetax {

struct TargetStart {
  const Suite& suite;
  const TargetSpec& target;
  const ArmSpec& arm;
  std::string target_program;
  SinkPorts sink;
  int environment_pad = 0;
  CpuList cpus;
  std::function<bool()> abandon;           // asked while waiting; true ends it
  std::shared_ptr<TargetOutput> output{};  // what it was told and said; may be null
  ServicePool* pool = nullptr;  // of services that are up for a whole block; null: they are not
};

struct TargetEnd {
  bool killed = false;
  std::optional<ProcessEnd> end;
  std::optional<SelfCounts> self_counts;
  std::vector<std::string> killed_services;  // of the others, those that did not end by themselves
  std::map<std::string, MetricsPage> metrics;  // by service, right before each was stopped
  std::vector<InvariantSeen> invariants{};     // as its own services said at their end
};

struct ServiceEnded {
  std::string why;  // with its name and its last words
  bool companion = false;
};

struct PlannedService;

class RunningTarget {
 public:
  /// Launches on free ports (others if somebody takes one meanwhile), one process after another,
  /// each when the one before it is ready. Error: "target NAME ...", (usage) if there is no such
  /// program, (invalid) if it does not come up, (interrupted) if abandoned.
  [[nodiscard]] static Result<RunningTarget> start(const TargetStart& start);

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  /// What to meter: its subjects. Nothing for an attached target without a pid.
  [[nodiscard]] std::optional<MeteredTree> metered() const;
  /// Meters each of its processes from now on, where it has several.
  void start_metering();
  /// What each used since, by name; empty where it is one.
  [[nodiscard]] std::vector<ServiceUsage> services_used() const;
  /// How long spans may wait in its batch processor, and in a collector behind it.
  [[nodiscard]] Nanos span_delay() const { return span_delay_; }
  /// What its own services say of themselves now, by name; without those that cannot be asked.
  [[nodiscard]] std::map<std::string, MetricsPage> read_metrics();
  /// The ports of its traced services but the front, by name.
  [[nodiscard]] std::map<std::string, int> ports_behind() const;
  /// Why it is not running any more: the first of its processes that ended, in the order of their
  /// start, for the others may have ended because of that. Nothing while all run.
  [[nodiscard]] std::optional<ServiceEnded> ended();
  /// The companions that ended, or do not answer when they are asked once more whether they are
  /// ready. A front that is one is the target itself. May take five seconds for each.
  [[nodiscard]] std::vector<std::string> failed_companions(const std::function<bool()>& abandon);
  /// From now on complaints() listens.
  void note_written();
  /// What companions have written since: "service db of target shop wrote: ..."; empty: nothing.
  [[nodiscard]] std::string complaints() const;
  /// Of all its processes, those that others use too among them.
  [[nodiscard]] std::vector<InvariantAnswer> ask_invariants(const std::function<bool()>& abandon);
  /// Nothing of it runs until thaw(); an attached target is left alone.
  void freeze();
  void thaw();
  /// The end of what it has written so far, noted in TargetStart::output too.
  [[nodiscard]] std::string note_output() const;
  /// TargetStart::output.
  [[nodiscard]] const std::shared_ptr<TargetOutput>& output() const { return output_; }
  /// SIGTERM, grace, SIGKILL, the last one started first; an attached target is left alone.
  [[nodiscard]] TargetEnd stop(const std::function<bool()>& abandon);

 private:
  explicit RunningTarget(const TargetSpec& target) : spec_(&target) {}
  [[nodiscard]] static Result<RunningTarget> launch(const TargetStart& start,
                                                    std::vector<PlannedService>& plan);
  [[nodiscard]] static Result<RunningTarget> attach(const TargetStart& start);

  struct Member {
    std::shared_ptr<RunningService> running;
    std::string name;
    ServiceRole role;
    bool own;               // false: others use it too, so it is neither stopped nor frozen
    std::string metrics{};  // URL; empty: it says nothing of itself
    int port = 0;
    bool traced = false;
    Nanos holds_spans{0};
    std::uint64_t accepted = 0;  // by a collector, as it last said
    std::uint64_t written = 0;   // bytes, when note_written() was called
    TreeSample before{};         // start_metering()
    // Of one that others use too, in turns: what it used while this target had its turns.
    std::optional<std::uint64_t> turn_began_ns{}, used_in_turns_ns{};

    [[nodiscard]] MeteredTree tree() const { return {running->process().keeper(), false}; }
  };

  [[nodiscard]] bool is_companion(std::size_t place) const {
    return services_[place].role == ServiceRole::companion && place != front_;
  }
  [[nodiscard]] std::optional<MetricsPage> read_metrics_of(Member& member) const;
  void read_last_metrics(Member& member, TargetEnd& end) const;

  const TargetSpec* spec_;
  std::vector<Member> services_;  // in the order of their start; empty: attached
  std::size_t front_ = 0;         // of services_
  Endpoint endpoint_;
  Nanos span_delay_{0};
  std::shared_ptr<TargetOutput> output_;
};

/// The URL that says whether `target` is ready on `port`.
[[nodiscard]] std::string readiness_url(const TargetSpec& target, int port);

}  // namespace tracetax
