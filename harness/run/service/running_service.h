// One process of a target that runs and is ready, with what it needs around it. Ends with this
// object.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/core/text/error.h"
#include "harness/run/process/process.h"
#include "harness/run/service/data_folder.h"

namespace tracetax {

/// What is to be started, every placeholder replaced.
struct ServiceLaunch {
  std::string label;   // for messages: "target gin", "service db of target shop"
  LaunchSpec program;  // the commands below run with its environment, folder and CPUs
  std::string user;    // runs it all, where this program is root; empty: the same
  std::optional<DataFolder> folder{};
  std::map<std::string, std::string> files{};       // written into it
  std::vector<std::vector<std::string>> prepare{};  // one by one, before it
  int port = 0;         // that it must listen on, if anybody can see where it listens; 0: anywhere
  std::string ready{};  // URL; empty: see the next
  bool ready_has_context = true;                        // ReadinessProbe::has_context
  std::vector<std::string> ready_command{};             // none either: ready once it runs
  std::vector<std::vector<std::string>> after_ready{};  // one by one
  Nanos ready_within{0};                                // of each of these steps
  int stop_signal = SIGTERM;
  Nanos stop_within{0};
  std::string* said = nullptr;  // takes the end of what it wrote, if it does not come up
  std::vector<InvariantSpec> invariants{};
};

struct InvariantAnswer {
  InvariantSeen seen;
  std::string breach;  // what was asked, what came and what should have come; empty: it holds
};

class RunningService {
 public:
  using Abandon = std::function<bool()>;  // asked while waiting; true ends it

  /// Error: "LABEL ...", (usage) if there is no such program or user, (invalid) if a step fails or
  /// it does not come up, (interrupted) if abandoned.
  [[nodiscard]] static Result<RunningService> start(ServiceLaunch launch, const Abandon& abandon);

  [[nodiscard]] Process& process() { return process_; }
  [[nodiscard]] const Process& process() const { return process_; }
  /// Why it is not running any more, with its last words; nothing while it runs.
  [[nodiscard]] std::optional<std::string> ended();
  /// Asked once more what told that it was ready, within five seconds. Error: that it ended, or no
  /// longer answers, with its last words; (interrupted) if abandoned.
  [[nodiscard]] Status still_answers(const Abandon& abandon);
  /// Runs the commands of its invariants, each within the time that it has to become ready.
  [[nodiscard]] std::vector<InvariantAnswer> ask_invariants(const Abandon& abandon) const;
  StopOutcome stop(const Abandon& abandon);
  [[nodiscard]] const std::string& label() const { return launch_.label; }

 private:
  RunningService(ServiceLaunch launch, Process process);

  [[nodiscard]] std::string words() const;

  ServiceLaunch launch_;  // its folder is to be destroyed last, when nobody writes into it any more
  Process process_;
  std::uint64_t written_when_ready_ = 0;  // bytes; 0: nobody asked whether it is
};

}  // namespace tracetax
