// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_writer.h"

#include <optional>
#include <string>
#include <vector>

#include "harness/core/sink/sink_reader.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/suite/service_reader.h"
#include "harness/core/suite/system_target.h"

namespace tracetax {
namespace {

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json variables(const Environment& environment) {
  Json object = Json::object();
  for (const auto& [name, value] : environment) object[name] = value;
  return object;
}

Json protocol_or_null(std::optional<OtlpProtocol> protocol) {
  return protocol ? Json(name_of(*protocol)) : Json(nullptr);
}

/// Complete, so that nothing of it rests on the catalog that it was taken from.
Json service_form(const ServiceSpec& service) {
  Json form = Json::object();
  form["command"] = service.command;
  if (!service.programs.empty()) form["program"] = service.programs;
  if (!service.install.empty()) form["install"] = service.install;
  form["working_dir"] = service.working_dir;
  form["env"] = variables(service.env);
  if (!service.ports.empty()) form["ports"] = service.ports;
  if (!service.files.empty()) form["files"] = service.files;
  if (!service.prepare.empty()) form["prepare"] = service.prepare;
  if (!service.ready.empty()) form["ready"] = service.ready;
  if (!service.ready_command.empty()) form["ready_command"] = service.ready_command;
  if (!service.after_ready.empty()) form["after_ready"] = service.after_ready;
  if (!service.metrics.empty()) form["metrics"] = service.metrics;
  form["ready_within"] = format_duration_exact(service.ready_within);
  form["stop_within"] = format_duration_exact(service.stop_within);
  form["stop_signal"] = name_of_stop_signal(service.stop_signal);
  if (!service.user.empty()) form["user"] = service.user;
  form["role"] = name_of(service.role);
  form["traced"] = service.traced;
  if (service.front) form["front"] = true;
  if (service.holds_spans) form["holds_spans"] = format_duration_exact(*service.holds_spans);
  form["pin"] = or_null(service.cpus);
  if (service.per_block) form["per_block"] = true;
  for (const auto& [arm, environment] : service.per_arm)
    form["per_arm"][arm]["env"] = variables(environment);
  return form;
}

bool is_framework(const TargetSpec& target) {
  return target.kind == TargetKind::emulated || target.kind == TargetKind::real;
}

/// Of a target: all that its own command does not say already.
void add_services(const TargetSpec& target, Json& form) {
  for (const ServiceSpec& service : target.services) {
    if (is_framework(target) && service.front) continue;
    form["services"][service.name] = service_form(service);
  }
}

Json target_form(const TargetSpec& target) {
  Json form = Json::object();
  switch (target.kind) {
    case TargetKind::emulated:
    case TargetKind::real:
      form[std::string(name_of(target.kind))] = target.framework;
      if (!target.pair.empty()) form["pair"] = target.pair;
      form["args"] = target.args;
      if (!target.can_be_absent) form["can_be_absent"] = false;
      break;
    case TargetKind::command:
      if (target.system) {
        Json companions = Json::object();
        for (const ServiceSpec& service : target.services)
          if (!is_of_system(target, service)) companions[service.name] = service_form(service);
        form["topology"] = system_form(target, std::move(companions));
        break;
      }
      if (target.services.empty()) {
        form["command"] = target.command;
        form["working_dir"] = target.working_dir;
        if (!target.ready.empty()) form["ready"] = target.ready;
      }
      form["can_be_absent"] = target.can_be_absent;
      break;
    case TargetKind::attached:
      form["attach"] = target.url;
      form["pid"] = or_null(target.pid);
      break;
  }
  if (target.kind != TargetKind::attached) {
    form["env"] = variables(target.env);
    form["otlp"] = protocol_or_null(target.otlp);
    if (target.services.empty() || is_framework(target)) {
      form["ready_within"] = format_duration_exact(target.ready_within);
      form["stop_within"] = format_duration_exact(target.stop_within);
    }
    if (!target.system) add_services(target, form);
  }
  if (!target.describe.empty()) form["describe"] = target.describe;
  if (target.sampling) form["sampling"] = name_of(*target.sampling);
  if (!target.system) form["spans_per_request"] = target.spans_per_request;
  return form;
}

Json scenario_form(const ScenarioSpec& scenario) {
  Json form = Json::object();
  form["kind"] = scenario.kind;
  if (!scenario.targets.empty()) form["targets"] = scenario.targets;
  if (scenario.context != ScenarioSpec{}.context) form["context"] = names_of(scenario.context);
  if (scenario.connections) form["connections"] = *scenario.connections;
  for (const auto& [key, value] : scenario.options.items()) form[key] = value;
  return form;
}

Json override_form(const ArmOverride& changed) {
  Json form = Json::object();
  form["env"] = variables(changed.env);
  if (changed.args) form["args"] = *changed.args;
  if (changed.command) form["command"] = *changed.command;
  if (changed.program) form["program"] = *changed.program;
  if (changed.working_dir) form["working_dir"] = *changed.working_dir;
  return form;
}

/// What an arm's sink has that the suite's has not; a fault of the suite that it has not is 0.
Json arm_sink_form(const SinkSpec& sink, const SinkSpec& suite) {
  SinkSpec own = sink;
  if (sink.tls == suite.tls) own.tls = {};
  if (sink.required_headers == suite.required_headers) own.required_headers = {};
  if (sink.faults == suite.faults) own.faults = {};
  Json form = Json::object();
  write_sink_spec(own, form);
  if (!sink.faults.any() && suite.faults.any()) form["delay"] = "0";
  return form;
}

/// Class by class: "rest" stands for those that are not named.
Json keeps_form(const KeepRule& rule) {
  Json form = Json::object();
  for (std::size_t i = 0; i < kRequestClasses; ++i) {
    if (const auto rate = SampleRate::make(rule.share[i].value_or(-1)))
      form[std::string(kRequestClassNames[i])] = format_sample_rate(*rate);
  }
  if (rule.at_most_per_s) form["at_most"] = fmt::format("{}/s", *rule.at_most_per_s);
  return form;
}

Json arm_form(const ArmSpec& arm, const SinkSpec& sink) {
  Json form = Json::object();
  form["name"] = arm.name;
  form["role"] = name_of(arm.role);
  if (arm.role == ArmRole::sham) return form;  // a copy of the off arm
  form["state"] = arm.state ? Json(name_of(*arm.state)) : Json(nullptr);
  if (arm.role == ArmRole::traced || arm.role == ArmRole::base)
    form["rate"] = format_sample_rate(arm.rate);
  form["otlp"] = protocol_or_null(arm.otlp);
  if (arm.sampler) {
    form["sampler"]["name"] = arm.sampler->name;
    if (!arm.sampler->argument.empty()) form["sampler"]["arg"] = arm.sampler->argument;
  }
  form["env"] = variables(arm.env);
  form["per_target"] = Json::object();
  for (const auto& [target, changed] : arm.per_target) {
    form["per_target"][target] = override_form(changed);
  }
  if (Json own = arm_sink_form(arm.sink, sink); !own.empty()) form["sink"] = std::move(own);
  if (arm.loss_expected) form["loss"] = "expected";
  if (!arm.variant.empty()) form["variant"] = arm.variant;
  if (arm.keeps) form["keeps"] = keeps_form(*arm.keeps);
  return form;
}

Json load_form(const LoadShape& load) {
  Json form = Json::object();
  if (load.closed) {
    form["closed"] = true;
  } else if (load.levels.size() == 1) {
    form["rate"] = format_offered_rate(load.levels.front());
  } else {
    for (const OfferedRate& level : load.levels)
      form["levels"].push_back(format_offered_rate(level));
  }
  if (!load.closed) form["arrivals"] = load.arrivals == Arrivals::poisson ? "poisson" : "constant";
  form["sampling"] = name_of(load.sampling);
  form["connections"] = load.connections;
  form["streams"] = load.streams;
  form["threads"] = load.threads;
  if (!load.closed) form["queue"] = load.queue;
  form["timeout"] = format_duration_exact(load.timeout);
  return form;
}

Json design_form(const Design& design) {
  Json form = Json::object();
  form["blocks"] = design.blocks;
  form["warmup"] = design.until_steady ? "until steady" : format_duration_exact(design.warmup);
  if (design.until_steady) form["warmup_limit"] = format_duration_exact(design.warmup_limit);
  form["measure"] = format_duration_exact(design.measure);
  form["slice"] = design.slice_auto ? Json("auto")
                  : design.slice    ? Json(format_duration_exact(*design.slice))
                                    : Json(nullptr);
  form["drain"] = format_duration_exact(design.drain);
  form["settle"] = format_duration_exact(design.settle);
  form["capacity"] =
      design.capacity ? Json(format_duration_exact(*design.capacity)) : Json(nullptr);
  form["seed"] = or_null(design.seed);
  if (design.processes) form["processes"] = name_of(*design.processes);
  if (design.processes == Processes::kept) form["fresh_every"] = design.fresh_every;
  return form;
}

}  // namespace

Json resolved_form(const Suite& suite) {
  Json form = Json::object();
  form["name"] = suite.name;
  form["description"] = suite.description;
  for (const TargetSpec& target : suite.targets) form["targets"][target.name] = target_form(target);
  for (const ServiceSpec& companion : suite.companions)
    form["companions"][companion.name] = service_form(companion);
  for (const ScenarioSpec& scenario : suite.scenarios) {
    form["scenarios"][scenario.name] = scenario_form(scenario);
  }
  form["arms"] = Json::array();
  for (const ArmSpec& arm : suite.arms) form["arms"].push_back(arm_form(arm, suite.sink));
  if (!suite.reference.empty()) form["reference"] = suite.reference;
  form["load"] = load_form(suite.load);
  form["design"] = design_form(suite.design);
  form["pin"] = Json::object();
  form["pin"]["driver"] = or_null(suite.pin.driver);
  form["pin"]["target"] = or_null(suite.pin.target);
  form["gate"] = suite.gate ? gate_form(*suite.gate) : Json(nullptr);
  form["env"] = variables(suite.env);
  form["otlp"] = name_of(suite.otlp);
  form["sink"] = Json::object();
  form["sink"]["port"] = or_null(suite.sink_port);
  form["sink"]["grpc_port"] = or_null(suite.sink_grpc_port);
  form["sink"]["memory"] =
      suite.sink_memory ? Json(std::to_string(*suite.sink_memory)) : Json(nullptr);
  write_sink_spec(suite.sink, form["sink"]);
  return form;
}

}  // namespace tracetax
