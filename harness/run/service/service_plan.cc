// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/service_plan.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "harness/core/services.h"
#include "harness/run/process/ports.h"
#include "harness/run/service/program_choice.h"

namespace tracetax {
namespace {

using Commands = std::vector<std::vector<std::string>>;

/// Every text of a service in which a placeholder may stand.
template <typename Look>
bool any_text(const ServiceSpec& service, const Look& holds) {
  const auto in_list = [&](const auto& list) { return std::ranges::any_of(list, holds); };
  const auto in_map = [&](const auto& map) {
    return std::ranges::any_of(map, [&](const auto& entry) { return holds(entry.second); });
  };
  return in_list(service.command) || in_list(service.ready_command) || in_map(service.env) ||
         in_map(service.files) || std::ranges::any_of(service.prepare, in_list) ||
         std::ranges::any_of(service.after_ready, in_list) ||
         std::ranges::any_of(service.invariants, in_list, &InvariantSpec::command);
}

bool holds(const ServiceSpec& service, std::string_view name) {
  return any_text(service, [&](const std::string& text) { return text.find(name) != text.npos; });
}

/// The default: a port that accepts connections, where there is one.
std::string readiness_of(const ServiceSpec& service) {
  if (!service.ready.empty() || !service.ready_command.empty()) return service.ready;
  return service.front || holds(service, "{port}") ? "tcp://127.0.0.1:{port}" : "";
}

/// Free ports, each given away once.
class PortsOfPlan {
 public:
  Result<int> next() {
    for (;;) {
      auto port = free_port();
      if (!port || given_.insert(*port).second) return port;
    }
  }

 private:
  std::set<int> given_;
};

/// Gives every service its ports and its folder, and says in `all` how the others name them.
Status place_services(std::vector<PlannedService>& services, Placeholders& all, ServicePool* pool) {
  PortsOfPlan ports;
  for (PlannedService& planned : services) {
    const ServiceSpec& service = planned.spec;
    const auto* up = pool != nullptr && service.per_block ? pool->find(service.name) : nullptr;
    if (up != nullptr) {
      planned.up = up->service;
      planned.port = up->port;
      all.insert(up->values.begin(), up->values.end());
      continue;
    }
    const auto port = ports.next();
    if (!port) return failure(port.error());
    planned.port = *port;
    all["port." + service.name] = std::to_string(*port);
    for (const std::string& name : service.ports) {
      const auto further = ports.next();
      if (!further) return failure(further.error());
      all[fmt::format("port.{}.{}", service.name, name)] = std::to_string(*further);
      planned.values["port." + name] = std::to_string(*further);
    }
    if (service.files.empty() && !holds(service, "{dir}")) continue;
    auto folder = DataFolder::make(service.user);
    if (!folder) return failure(folder.error());
    planned.values["dir"] = all["dir." + service.name] = folder->path();
    planned.launch.folder.emplace(std::move(*folder));
  }
  return {};
}

Commands filled_commands(Commands commands, const Placeholders& values) {
  for (auto& command : commands) {
    for (std::string& word : command) word = filled(word, values);
  }
  return commands;
}

Status fill_launch(const Suite& suite, const TargetSpec& target, const ArmSpec& arm,
                   LaunchFacts facts, const CpuList& cpus, PlannedService& planned) {
  const ServiceSpec& service = planned.spec;
  facts.port = planned.port;
  facts.values.insert(planned.values.begin(), planned.values.end());
  TargetCommand command = service_command(suite, target, service, arm, facts);
  if (!service.programs.empty() || holds(service, "{bin}")) {
    const auto program = program_of(service, command);
    if (!program) return failure(program.error());
    std::error_code error;  // where it is really: a link may stand alone
    const auto real = std::filesystem::canonical(*program, error);
    facts.values["bin"] = (error ? std::filesystem::path(*program) : real).parent_path().string();
    command = service_command(suite, target, service, arm, facts);
    command.argv.front() = *program;
  }
  const Placeholders values = placeholders(facts);
  ServiceLaunch& launch = planned.launch;
  launch.program.argv = command.argv;
  launch.program.environment = inherited_environment();
  for (const auto& [name, value] : command.environment) launch.program.environment[name] = value;
  launch.program.working_dir = command.working_dir;
  launch.program.cpus = cpus;
  if (service.cpus) {
    auto own = parse_cpu_list(*service.cpus);
    if (!own) return failure(own.error());
    launch.program.cpus = std::move(*own);
  }
  launch.user = service.user;
  for (const auto& [name, content] : service.files) launch.files[name] = filled(content, values);
  launch.prepare = filled_commands(service.prepare, values);
  if (service.front) launch.port = planned.port;
  launch.ready = filled(readiness_of(service), values);
  // An arm that says what it keeps is driven with a context in any case.
  launch.ready_has_context = sampling_of(suite, target) == Sampling::caller || arm.keeps;
  for (const std::string& word : service.ready_command)
    launch.ready_command.push_back(filled(word, values));
  launch.after_ready = filled_commands(service.after_ready, values);
  launch.invariants = service.invariants;
  for (InvariantSpec& asked : launch.invariants) {
    for (std::string& word : asked.command) word = filled(word, values);
  }
  planned.metrics = filled(service.metrics, values);
  launch.ready_within = service.ready_within;
  launch.stop_signal = service.stop_signal;
  launch.stop_within = service.stop_within;
  if (service.traced) planned.span_delay = batch_delay(command.environment);
  // As others name them.
  planned.values.clear();
  for (const auto& [name, value] : facts.values) {
    const bool own = name == "port." + service.name || name == "dir." + service.name ||
                     name.starts_with("port." + service.name + ".");
    if (own) planned.values.emplace(name, value);
  }
  return {};
}

}  // namespace

Result<std::vector<PlannedService>> plan_services(const Suite& suite, const TargetSpec& target,
                                                  const ArmSpec& arm, const LaunchFacts& facts,
                                                  const CpuList& cpus, ServicePool* pool) {
  std::vector<PlannedService> services;
  for (ServiceSpec& service : services_of(suite, target)) {
    PlannedService& planned = services.emplace_back();
    planned.launch.label = label_of(target, service);
    planned.spec = std::move(service);
  }
  LaunchFacts shared = facts;
  if (Status placed = place_services(services, shared.values, pool); !placed)
    return failure(placed.error().within("target " + target.name));
  for (PlannedService& planned : services) {
    if (planned.up) continue;
    if (Status done = fill_launch(suite, target, arm, shared, cpus, planned); !done)
      return failure(done.error().within(planned.launch.label));
  }
  return services;
}

std::string label_of(const TargetSpec& target, const ServiceSpec& service) {
  if (service.front) return "target " + target.name;
  const auto own = std::ranges::find(target.services, service.name, &ServiceSpec::name);
  return own == target.services.end()
             ? "companion " + service.name
             : fmt::format("service {} of target {}", service.name, target.name);
}

Result<std::string> program_of(const ServiceSpec& service, const TargetCommand& command) {
  const std::string first = command.argv.empty() ? "" : command.argv.front();
  const bool as_the_suite_says = !service.command.empty() && first == service.command.front();
  if (!service.programs.empty() && as_the_suite_says)
    return choose_program(service.programs, service.install);
  return find_program(first, command.working_dir);
}

}  // namespace tracetax
