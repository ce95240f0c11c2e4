// SPDX-License-Identifier: Apache-2.0
#include "harness/run/arm_environment.h"

#include <charconv>
#include <chrono>
#include <filesystem>

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

/// Relative to the suite file, wherever tracetax was started.
std::string folder_for(const Suite& suite, const std::string& working_dir) {
  if (working_dir.empty()) return suite.folder;
  return (std::filesystem::path(suite.folder) / working_dir).lexically_normal().string();
}

/// Everything that is set, {port} as written.
Environment environment_of(const Suite& suite, const TargetSpec& target, const ArmSpec& arm,
                           const LaunchFacts& facts) {
  Environment all = standard_environment(suite, target, arm, facts);
  override_with(all, suite.env);
  override_with(all, target.env);
  override_with(all, arm.env);
  if (const ArmOverride* changed = override_for(arm, target)) override_with(all, changed->env);
  const int port = exports_by_grpc(all) ? facts.sink.grpc : facts.sink.http;
  all.try_emplace("OTEL_EXPORTER_OTLP_ENDPOINT", fmt::format("http://127.0.0.1:{}", port));
  return all;
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
  set["OTEL_PROPAGATORS"] = "tracecontext";
  set[kProtocol] = name_of(otlp_of(suite, target, arm));
  if (facts.environment_pad > 0) {
    set["TRACETAX_PAD"] = std::string(static_cast<std::size_t>(facts.environment_pad), 'x');
  }
  return set;
}

TargetCommand target_command(const Suite& suite, const TargetSpec& target, const ArmSpec& arm,
                             const LaunchFacts& facts) {
  TargetCommand command;
  command.argv = command_line(target, arm, facts);
  command.environment = environment_of(suite, target, arm, facts);
  for (auto& argument : command.argv) argument = with_port(std::move(argument), facts.port);
  for (auto& [name, value] : command.environment) value = with_port(std::move(value), facts.port);
  const ArmOverride* changed = override_for(arm, target);
  command.working_dir =
      folder_for(suite, changed != nullptr && changed->working_dir ? *changed->working_dir
                                                                   : target.working_dir);
  return command;
}

bool uses_otlp_grpc(const Suite& suite) {
  if (suite.sink_grpc_port) return true;
  for (const TargetSpec& target : suite.targets) {
    if (target.kind == TargetKind::attached) continue;
    for (const ArmSpec& arm : suite.arms) {
      if (exports_by_grpc(environment_of(suite, target, arm, {}))) return true;
    }
  }
  return false;
}

std::string with_port(std::string text, int port) {
  static constexpr std::string_view kPlaceholder = "{port}";
  if (port == 0) return text;
  const std::string number = std::to_string(port);
  for (std::size_t at = 0; (at = text.find(kPlaceholder, at)) != std::string::npos;) {
    text.replace(at, kPlaceholder.size(), number);
    at += number.size();
  }
  return text;
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
