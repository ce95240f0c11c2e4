// tracetax-target: one emulated service as a process. Options -> tracing config -> (the service
// behind) -> tracer -> service -> server, and on SIGTERM back out again with a flush and the span
// counts.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "targets/back_process.h"
#include "targets/legs/broker/round_trip.h"
#include "targets/options.h"
#include "targets/registry/registry_server.h"
#include "targets/report_lines.h"
#include "targets/service/fault_check.h"
#include "targets/service/service.h"
#include "targets/signal_watch.h"
#include "targets/topology_service.h"
#include "targets/tracing/export/exporters.h"
#include "targets/tracing/sampler.h"
#include "targets/tracing/samplers/load_steps.h"
#include "targets/tracing/self_metrics.h"
#include "targets/tracing/tracer.h"
#include "targets/tracing/variables.h"
#include "targets/work/work.h"

namespace tracetax {
namespace {

// One write(2), so that a reader never sees half a line and no other thread's line gets in between.
void write_line(std::string line) {
  line += '\n';
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) return;  // nobody is reading any more
}

template <typename Entries>
std::string listing(const Entries& entries) {
  std::string text;
  for (const auto& entry : entries) text += fmt::format("  {:<26}{}\n", entry.name, entry.help);
  return text;
}

/// "shop" -> "shop-sidecar" -> "shop-peer": a service's name without its own role, and the back's.
std::string name_of_back(std::string name, const Framework& framework) {
  const std::string own = fmt::format("-{}", framework.role);
  if (!framework.role.empty() && name.ends_with(own)) name.resize(name.size() - own.size());
  const auto back = find_in_catalog(framework_catalog(), "target", framework.back);
  return fmt::format("{}-{}", name, back ? (*back)().role : "back");
}

/// The second process, if the framework has one.
Result<std::unique_ptr<BackProcess>> start_back(const TargetOptions& options,
                                                const Framework& framework,
                                                const TracingConfig& config) {
  std::vector<std::string> arguments{std::string(framework.back), "--port", "0"};
  if (!options.semconv.empty()) arguments.insert(arguments.end(), {"--semconv", options.semconv});
  EnvironmentMap environment = process_environment();
  // A service name of its own; in the state `absent` there are no resources, and nobody would see
  // it.
  for (const auto& [key, value] : config.resource) {
    if (key == "service.name") environment["OTEL_SERVICE_NAME"] = name_of_back(value, framework);
  }
  return BackProcess::start(arguments, environment);
}

Result<std::unique_ptr<Tracer>> make_tracer(const Framework& framework,
                                            const TracingConfig& config) {
  std::vector<ExporterPool> pools;
  if (config.state == TracerState::export_) {
    const InstrumentationScope scope = instrumentation_scope(framework);
    pools = make_exporters(config, scope.name, scope.version);
  }
  return Tracer::make(config, std::move(pools));
}

/// How long spans may take to leave after SIGTERM.
std::chrono::milliseconds longest_flush(const TracingConfig& config) {
  constexpr std::chrono::milliseconds kMost{30'000};
  return std::min(config.batch.export_timeout, kMost);
}

std::string metrics_of(const TracingConfig& config, const Tracer& tracer) {
  std::string service;
  for (const auto& [key, value] : config.resource) {
    if (key == "service.name") service = value;
  }
  return metrics_line(service, tracer.self_metrics());
}

TracingInForce in_force(const TracingConfig& config, const Tracer& tracer) {
  const bool has_sdk = config.state > TracerState::noop;
  return {has_sdk ? tracer.describe_sampler() : "none", exporter_in_force(config),
          processor_in_force(config)};
}

Status serve(const TargetOptions& options, const TracingConfig& config, const Service& service,
             Tracer& tracer, BackProcess* back, TopologyService* topology) {
  const auto flush = longest_flush(config);
  const SignalWatch watch([&](SteadyTime now) { tracer.begin_shutdown(now + flush); },
                          [&] { write_line(metrics_of(config, tracer)); });
  auto server =
      service.listen({.host = options.host, .port = options.port, .threads = usable_cpus()});
  if (!server) return failure(server.error());
  if (topology != nullptr) {
    if (auto begun = topology->begin(); !begun) return begun;
  }
  write_line(ready_line((*server)->port()));
  (*server)->run();
  if (topology != nullptr) topology->end();
  // Both flush at the same time.
  if (back != nullptr) back->ask_to_stop();
  const SteadyTime now = std::chrono::steady_clock::now();
  if (!config.faults.has(TracingFault::no_shutdown))
    tracer.shutdown(watch.stopped_at().value_or(now) + flush);
  if (config.state == TracerState::export_) write_line(metrics_of(config, tracer));
  if (topology != nullptr) {
    if (std::string line = topology->invariants_line(); !line.empty()) write_line(std::move(line));
  }
  if (back == nullptr) {
    write_line(counts_line(tracer.counts(), in_force(config, tracer)));
    return {};
  }
  // It gives its last calls a second before it flushes.
  const auto counts = back->wait(now + flush + std::chrono::seconds(2), [](std::string line) {
    line.pop_back();  // its end
    write_line(std::move(line));
  });
  write_line(counts_line(sum_of(tracer.counts(), counts.value_or(SpanCounts{})),
                         in_force(config, tracer)));
  if (!counts) return failure(counts.error());
  return {};
}

Status serve_registry_on(const TargetOptions& options) {
  Instances instances;
  auto server =
      make_registry_server({.host = options.host, .port = options.port, .threads = 1}, instances);
  if (!server) return failure(server.error());
  write_line(ready_line((*server)->port()));
  (*server)->run();
  return {};
}

ServiceOptions service_options(const TargetOptions& options, const TracingConfig& config,
                               EnvironmentMap& environment, GrpcAddress back) {
  return {
      .work = options.work,
      .convention = rpc_convention(
          options.semconv.empty() ? environment["OTEL_SEMCONV_STABILITY_OPT_IN"] : options.semconv),
      .back = std::move(back),
      .drops_propagation = options.drops_propagation || config.faults.has(TracingFault::no_inject),
      .threads = options.threads};
}

Status serve_topology(const TargetOptions& options, const TracingConfig& config,
                      ServiceOptions serving, Tracer& tracer) {
  const auto topology = TopologyService::make(*options.topology, tracer);
  if (!topology) return failure(topology.error());
  serving.handler = (*topology)->program().handler();
  const auto service = make_service((*topology)->program().framework(), serving, tracer);
  return serve(options, config, *service, tracer, nullptr, topology->get());
}

Status explain_topology(const TargetOptions& options, const TracingConfig& config,
                        ServiceOptions serving) {
  TracingConfig recording = config;
  recording.state = TracerState::record;
  const auto tracer = Tracer::make(recording, nullptr);
  if (!tracer) return failure(tracer.error());
  const auto topology = TopologyService::make(*options.topology, **tracer);
  if (!topology) return failure(topology.error());
  const Program& program = (*topology)->program();
  serving.handler = program.handler();
  const Framework framework = program.framework();
  fmt::print("service {} of {}, behind {}", program.service().name, options.topology->topology.name,
             explain(framework, *make_service(framework, serving, **tracer)));
  for (const std::string& line : program.describe()) fmt::print("  {}\n", line);
  return {};
}

Status run(std::span<const char* const> arguments) {
  const auto options = parse_target_options(arguments);
  if (!options) return failure(options.error());
  if (options->command == TargetAction::help) {
    fmt::print("{}", target_help());
    return {};
  }
  if (options->command == TargetAction::version) {
    fmt::print("tracetax-target {}\n", TRACETAX_VERSION);
    return {};
  }
  if (options->command == TargetAction::manual) {
    fmt::print("{}", target_manual(TRACETAX_VERSION));
    return {};
  }
  if (options->command == TargetAction::list) {
    fmt::print("{}", listing(framework_catalog()));
    return {};
  }
  if (options->command == TargetAction::list_samplers) {
    fmt::print("{}", listing(sampler_catalog()));
    return {};
  }
  if (options->command == TargetAction::sampler_steps) {
    fmt::print("{}", sampler_steps_text());
    return {};
  }
  if (options->command == TargetAction::list_variables) {
    fmt::print("{}", variables_table());
    return {};
  }
  if (options->command == TargetAction::list_faults) {
    fmt::print("{}", listing(tracing_fault_catalog()));
    return {};
  }
  if (options->command == TargetAction::round_trip) return round_trip(options->round_trip);
  if (options->command == TargetAction::list_works) {
    fmt::print("{}", listing(work_catalog()));
    return {};
  }
  if (options->command == TargetAction::registry) return serve_registry_on(*options);
  if (options->command == TargetAction::describe && options->framework.empty()) {
    fmt::print("{}\n", describe_frameworks());
    return {};
  }
  const auto make = find_in_catalog(framework_catalog(), "target", options->framework);
  if (!make) return failure(make.error());
  const Framework framework = (*make)();
  if (options->command == TargetAction::describe) {
    fmt::print("{}\n", describe_framework(framework));
    return {};
  }
  // The processes of one target are told apart by this in ps and /proc/PID/comm (15 characters).
  prctl(PR_SET_NAME, std::string(framework.name).c_str());
  EnvironmentMap environment = process_environment();
  auto config = read_tracing_config(environment);
  if (!config) return failure(config.error());
  if (auto can = check_faults(config->faults, framework, options->work); !can) {
    return failure(can.error());
  }
  config->lost = options->lost;
  for (const std::string& warning : config->warnings) {
    fmt::print(stderr, "tracetax-target: warning: {}\n", warning);
  }
  if (options->command == TargetAction::explain && options->topology) {
    return explain_topology(*options, *config,
                            service_options(*options, *config, environment, options->back));
  }
  if (options->command == TargetAction::explain) {
    const auto text = explain_costs(
        framework, service_options(*options, *config, environment, options->back), *config);
    if (!text) return failure(text.error());
    fmt::print("{}spans: sampler {} in state {}\n", *text, config->sampler,
               to_string(config->state));
    for (const std::string& line : describe_export(*config)) fmt::print("  {}\n", line);
    return {};
  }
  std::unique_ptr<BackProcess> back;
  GrpcAddress back_address = options->back;
  if (!framework.back.empty() && back_address.port == 0) {
    auto started = start_back(*options, framework, *config);
    if (!started) return failure(started.error());
    back = std::move(*started);
    back_address.port = back->port();
  }
  auto tracer = make_tracer(framework, *config);
  if (!tracer) return failure(tracer.error());
  ServiceOptions serving = service_options(*options, *config, environment, std::move(back_address));
  if (options->topology) return serve_topology(*options, *config, std::move(serving), **tracer);
  const auto service = make_service(framework, serving, **tracer);
  return serve(*options, *config, *service, **tracer, back.get(), nullptr);
}

}  // namespace
}  // namespace tracetax

int main(int argc, char** argv) {
  using tracetax::ExitCode;
  // A reader that goes away is an error of write(2), not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto status = tracetax::run({argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0))});
    if (status) return static_cast<int>(ExitCode::pass);
    fmt::print(stderr, "tracetax-target: {}\n", status.error().message);
    return static_cast<int>(status.error().code);
  } catch (const std::exception& error) {
    fmt::print(stderr, "tracetax-target: internal error: {}\n", error.what());
    return static_cast<int>(ExitCode::internal);
  }
}
