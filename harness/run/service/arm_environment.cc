// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/arm_environment.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>

#include "harness/core/services.h"
#include "harness/core/suite/system_target.h"

namespace tracetax {
namespace {

constexpr const char* kProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
constexpr const char* kTracesProtocol = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";

/// The variable for one signal goes before the general one.
bool exports_by_grpc(const Environment& set) {
  const auto traces = set.find(kTracesProtocol);
  const auto found = traces != set.end() && !traces->second.empty() ? traces : set.find(kProtocol);
  return found != set.end() && found->second == name_of(OtlpProtocol::grpc);
}

void override_with(Environment& base, const Environment& later) {
  for (const auto& [name, value] : later) base[name] = value;
}

const ArmOverride* override_for(const ArmSpec& arm, const TargetSpec& target) {
  const auto found = arm.per_target.find(target.name);
  return found == arm.per_target.end() ? nullptr : &found->second;
}

/// Name and argument of the sampler; without an argument the second is empty.
std::pair<std::string, std::string> sampler_of(Sampling sampling, TracingState state,
                                               const ArmSpec& arm) {
  const bool records = state == TracingState::record || state == TracingState::exporting;
  if (!records) return {"always_off", ""};
  if (arm.sampler) return {arm.sampler->name, arm.sampler->argument};
  if (sampling == Sampling::caller) return {"parentbased_always_on", ""};
  return {"traceidratio", fmt::format("{}", arm.rate.share())};
}

std::vector<std::string> command_line(const TargetSpec& target, const ArmSpec& arm,
                                      const LaunchFacts& facts) {
  const ArmOverride* changed = override_for(arm, target);
  if (changed != nullptr && changed->command) return *changed->command;
  const std::vector<std::string>& args =
      changed != nullptr && changed->args ? *changed->args : target.args;
  std::vector<std::string> argv = target.command;
  if (target.kind == TargetKind::emulated) {
    argv = {facts.target_program, target.framework, "--port", "{port}"};
  }
  if (changed != nullptr && changed->program) argv.front() = *changed->program;
  argv.insert(argv.end(), args.begin(), args.end());
  return argv;
}

/// What a service says for this arm: a sham arm is a copy of off, and the base of an arm is that
/// arm.
const Environment* own_of_arm(const Suite& suite, const ServiceSpec& service, const ArmSpec& arm) {
  constexpr std::string_view kBase = "base-";
  std::string name = arm.role == ArmRole::sham ? suite.arms.front().name : arm.name;
  if (arm.role == ArmRole::base && name.starts_with(kBase)) name.erase(0, kBase.size());
  const auto found = service.per_arm.find(name);
  return found == service.per_arm.end() ? nullptr : &found->second;
}

/// Everything that is set, placeholders as written.
Environment environment_of(const Suite& suite, const TargetSpec& target, const ServiceSpec& service,
                           const ArmSpec& arm, const LaunchFacts& facts) {
  const Environment* of_arm = own_of_arm(suite, service, arm);
  Environment all;
  if (service.traced) {
    all = standard_environment(suite, target, arm, facts);
    if (!service.front) all["OTEL_SERVICE_NAME"] = service.name;
    override_with(all, suite.env);
    override_with(all, target.env);
  }
  override_with(all, service.env);
  if (service.traced) {
    override_with(all, arm.env);
    if (const ArmOverride* changed = override_for(arm, target)) override_with(all, changed->env);
  }
  if (of_arm != nullptr) override_with(all, *of_arm);
  if (service.traced) {
    const int port = exports_by_grpc(all) ? facts.sink.grpc : facts.sink.http;
    all.try_emplace("OTEL_EXPORTER_OTLP_ENDPOINT",
                    fmt::format("{}://127.0.0.1:{}", facts.sink.tls ? "https" : "http", port));
  }
  return all;
}

/// What the load goes to.
ServiceSpec front_in(const Suite& suite, const TargetSpec& target) {
  std::vector<ServiceSpec> all = services_of(suite, target);
  return std::move(*std::ranges::find(all, true, &ServiceSpec::front));
}

std::string in_folder(const std::string& folder, const std::string& working_dir) {
  if (working_dir.empty() || folder.empty()) return working_dir.empty() ? folder : working_dir;
  return (std::filesystem::path(folder) / working_dir).lexically_normal().string();
}

/// In which requests to the target may tell their context.
ContextFormats context_for(const Suite& suite, const TargetSpec& target) {
  ContextFormats all;
  for (const ScenarioSpec& scenario : suite.scenarios) {
    if (!is_for(scenario, target)) continue;
    for (const ContextFormat format : scenario.context) {
      if (std::ranges::find(all, format) == all.end()) all.push_back(format);
    }
  }
  return all.empty() ? ScenarioSpec{}.context : all;
}

bool names_sink_grpc(const ServiceSpec& service) {
  constexpr std::string_view kName = "{sink_grpc}";
  const auto has = [](std::string_view text) { return text.find(kName) != text.npos; };
  const auto named = [&has](const auto& entry) { return has(entry.second); };
  return std::ranges::any_of(service.command, has) || std::ranges::any_of(service.env, named) ||
         std::ranges::any_of(service.files, named);
}

}  // namespace

Environment standard_environment(const Suite& suite, const TargetSpec& target, const ArmSpec& arm,
                                 const LaunchFacts& facts) {
  const TracingState state = state_of(arm, target);
  const bool disabled = state == TracingState::absent || state == TracingState::noop;
  Environment set;
  set["TRACETAX_STATE"] = name_of(state);
  set["OTEL_SDK_DISABLED"] = disabled ? "true" : "false";
  set["OTEL_TRACES_EXPORTER"] = state == TracingState::exporting ? "otlp" : "none";
  const auto [sampler, argument] = sampler_of(sampling_of(suite, target), state, arm);
  set["OTEL_TRACES_SAMPLER"] = sampler;
  if (!argument.empty()) set["OTEL_TRACES_SAMPLER_ARG"] = argument;
  set["OTEL_METRICS_EXPORTER"] = "none";
  set["OTEL_LOGS_EXPORTER"] = "none";
  set["OTEL_SERVICE_NAME"] = target.name;
  set["OTEL_PROPAGATORS"] = propagators_of(context_for(suite, target));
  set[kProtocol] = name_of(otlp_of(suite, target, arm));
  if (facts.environment_pad > 0) {
    set["TRACETAX_PAD"] = std::string(static_cast<std::size_t>(facts.environment_pad), 'x');
  }
  return set;
}

TargetCommand service_command(const Suite& suite, const TargetSpec& target,
                              const ServiceSpec& service, const ArmSpec& arm,
                              const LaunchFacts& facts) {
  const Placeholders values = placeholders(facts);
  TargetCommand command;
  command.argv = service.front ? command_line(target, arm, facts) : service.command;
  if (is_of_system(target, service)) {
    const ArmOverride* system = override_for(arm, target);
    if (system != nullptr && system->program) command.argv.front() = *system->program;
    if (!arm.variant.empty()) command.argv.insert(command.argv.end(), {"--variant", arm.variant});
  }
  command.environment = environment_of(suite, target, service, arm, facts);
  for (auto& argument : command.argv) argument = filled(argument, values);
  for (auto& [name, value] : command.environment) value = filled(value, values);
  std::string folder = service.front ? target.working_dir : service.working_dir;
  const ArmOverride* changed = service.front ? override_for(arm, target) : nullptr;
  if (changed != nullptr && changed->working_dir) folder = *changed->working_dir;
  command.working_dir = in_folder(suite.folder, folder);
  return command;
}

TargetCommand target_command(const Suite& suite, const TargetSpec& target, const ArmSpec& arm,
                             const LaunchFacts& facts) {
  return service_command(suite, target, front_in(suite, target), arm, facts);
}

Placeholders placeholders(const LaunchFacts& facts) {
  Placeholders values = facts.values;
  const auto add = [&values](const char* name, int port) {
    if (port != 0) values.emplace(name, std::to_string(port));
  };
  add("port", facts.port);
  add("sink_http", facts.sink.http);
  add("sink_grpc", facts.sink.grpc);
  static const std::string own = [] {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).string();
  }();
  values.emplace("tracetax", own);
  if (!facts.target_program.empty()) values.emplace("tracetax_target", facts.target_program);
  return values;
}

bool uses_otlp_grpc(const Suite& suite) {
  if (suite.sink_grpc_port) return true;
  for (const TargetSpec& target : suite.targets) {
    if (target.kind == TargetKind::attached) continue;
    for (const ServiceSpec& service : services_of(suite, target)) {
      if (names_sink_grpc(service)) return true;
      for (const ArmSpec& arm : suite.arms) {
        if (service.traced && exports_by_grpc(environment_of(suite, target, service, arm, {})))
          return true;
      }
    }
  }
  return false;
}

Nanos batch_delay(const Environment& environment) {
  constexpr std::chrono::milliseconds kStandard{5000};
  const auto found = environment.find("OTEL_BSP_SCHEDULE_DELAY");
  if (found == environment.end()) return kStandard;
  const std::string& text = found->second;
  std::int64_t millis = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
  constexpr std::int64_t kDay = 86'400'000;
  if (error != std::errc{} || end != text.data() + text.size() || millis < 0 || millis > kDay) {
    return kStandard;
  }
  return std::chrono::milliseconds{millis};
}

}  // namespace tracetax
