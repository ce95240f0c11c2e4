// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tracetax {
namespace {

constexpr std::array<std::pair<TracingState, std::string_view>, 5> kStates = {{
    {TracingState::absent, "absent"},
    {TracingState::noop, "noop"},
    {TracingState::drop, "drop"},
    {TracingState::record, "record"},
    {TracingState::exporting, "export"},
}};

}  // namespace

std::string_view name_of(TracingState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  return "unknown";
}

std::optional<TracingState> tracing_state_from(std::string_view name) {
  for (const auto& [state, known] : kStates) {
    if (known == name) return state;
  }
  return std::nullopt;
}

std::string_view name_of(ArmRole role) {
  switch (role) {
    case ArmRole::off:
      return "off";
    case ArmRole::sham:
      return "sham";
    case ArmRole::traced:
      return "rate";
    case ArmRole::base:
      return "base";
  }
  return "unknown";
}

const ServiceSpec* front_of(const TargetSpec& target) {
  const auto found = std::ranges::find(target.services, true, &ServiceSpec::front);
  return found == target.services.end() ? nullptr : &*found;
}

bool is_for(const ScenarioSpec& scenario, const TargetSpec& target) {
  return scenario.targets.empty() ||
         std::ranges::find(scenario.targets, target.name) != scenario.targets.end();
}

std::string level_name(const OfferedRate& level) {
  if (const auto* share = std::get_if<CapacityShare>(&level))
    return fmt::format("{:.3g}%", 100 * share->share);
  return format_rate(std::get<double>(level));
}

std::optional<int> reference_of(const Suite& suite, int arm) {
  const std::vector<ArmSpec>& arms = suite.arms;
  if (arms.at(static_cast<std::size_t>(arm)).role == ArmRole::sham) return 0;
  int reference = 0;
  if (suite.reference == kPreviousArm) {
    reference = arm - 1;
    while (reference > 0 && arms[static_cast<std::size_t>(reference)].role == ArmRole::sham) {
      --reference;
    }
  } else if (!suite.reference.empty()) {
    reference =
        static_cast<int>(std::ranges::find(arms, suite.reference, &ArmSpec::name) - arms.begin());
  }
  if (reference == arm || reference < 0 || reference >= static_cast<int>(arms.size())) {
    return std::nullopt;
  }
  return reference;
}

int Design::slices() const {
  return slice ? std::max(1, static_cast<int>((measure + *slice / 2) / *slice)) : 1;
}

TracingState state_of(const ArmSpec& arm, const TargetSpec& target) {
  if (arm.state) return *arm.state;
  if (arm.role == ArmRole::traced || arm.role == ArmRole::base) return TracingState::exporting;
  return target.can_be_absent ? TracingState::absent : TracingState::noop;
}

std::string_view name_of(OtlpProtocol protocol) {
  switch (protocol) {
    case OtlpProtocol::http_protobuf:
      return "http/protobuf";
    case OtlpProtocol::grpc:
      return "grpc";
    case OtlpProtocol::http_json:
      return "http/json";
  }
  return "";
}

std::string_view name_of(Sampling sampling) {
  return sampling == Sampling::caller ? "caller" : "target";
}

std::string_view name_of(ServiceRole role) {
  return role == ServiceRole::subject ? "subject" : "companion";
}

std::string_view name_of(Processes processes) {
  return processes == Processes::fresh ? "fresh" : "kept";
}

std::string_view name_of(TargetKind kind) {
  switch (kind) {
    case TargetKind::emulated:
      return "emulated";
    case TargetKind::real:
      return "real";
    case TargetKind::command:
      return "command";
    case TargetKind::attached:
      return "attached";
  }
  return "";
}

Sampling sampling_of(const Suite& suite, const TargetSpec& target) {
  return target.sampling.value_or(suite.load.sampling);
}

OtlpProtocol otlp_of(const Suite& suite, const TargetSpec& target, const ArmSpec& arm) {
  return arm.otlp.value_or(target.otlp.value_or(suite.otlp));
}

std::vector<SinkSpec> doors_needed(const Suite& suite) {
  std::vector<SinkSpec> doors;
  for (const ArmSpec& arm : suite.arms) {
    SinkSpec door = arm.sink;
    door.faults = {};
    if (std::ranges::find(doors, door) == doors.end()) doors.push_back(std::move(door));
  }
  return doors;
}

std::size_t door_of(const Suite& suite, int arm) {
  SinkSpec door = suite.arms[static_cast<std::size_t>(arm)].sink;
  door.faults = {};
  const std::vector<SinkSpec> doors = doors_needed(suite);
  return static_cast<std::size_t>(std::ranges::find(doors, door) - doors.begin());
}

bool measures(const Design& design, Metric metric) {
  return metric->why_not_measured == nullptr || metric->why_not_measured(design).empty();
}

}  // namespace tracetax
