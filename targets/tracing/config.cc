// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/config.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "harness/core/text/suggest.h"
#include "targets/tracing/sampler.h"
#include "targets/tracing/variables.h"

namespace tracetax {
namespace {

constexpr std::array<std::pair<std::string_view, TracerState>, 5> kStates{{
    {"absent", TracerState::absent},
    {"noop", TracerState::noop},
    {"drop", TracerState::drop},
    {"record", TracerState::record},
    {"export", TracerState::export_},
}};

Result<TracerState> read_state(EnvReader& env) {
  TracerState state = TracerState::export_;
  if (const auto name = env.text("TRACETAX_STATE")) {
    const auto found = std::ranges::find(kStates, *name, [](const auto& s) { return s.first; });
    if (found == kStates.end()) {
      std::vector<std::string> known;
      for (const auto& entry : kStates) known.emplace_back(entry.first);
      return failure(ExitCode::usage,
                     fmt::format("TRACETAX_STATE: {}", unknown_name("state", *name, known)));
    }
    state = found->second;
  }
  const bool disabled = env.flag("OTEL_SDK_DISABLED");
  if (disabled && state != TracerState::absent) state = TracerState::noop;
  if (state == TracerState::export_ && env.text("OTEL_TRACES_EXPORTER") == "none") {
    return TracerState::record;
  }
  return state;
}

/// Of the names that the specification has; what it says of bad arguments is about those.
bool is_specified(std::string_view sampler) {
  return sampler.ends_with("always_on") || sampler.ends_with("always_off") ||
         sampler.ends_with("traceidratio");
}

Status read_sampler(EnvReader& env, TracingConfig& config) {
  if (const auto name = env.text("OTEL_TRACES_SAMPLER")) {
    if (const auto found = find_in_catalog(sampler_catalog(), "sampler", *name)) {
      config.sampler = *name;
    } else {
      env.warn(
          fmt::format("OTEL_TRACES_SAMPLER: {}; using {}", found.error().message, config.sampler));
    }
  }
  const auto argument = env.text("OTEL_TRACES_SAMPLER_ARG");
  const auto make = find_in_catalog(sampler_catalog(), "sampler", config.sampler);
  if (!argument || !make) return {};
  if (const auto made = (*make)(*argument)) {
    config.sampler_argument = *argument;
  } else if (is_specified(config.sampler)) {  // as if it were not set, as the specification asks
    env.warn(fmt::format("OTEL_TRACES_SAMPLER_ARG: {}; going on without it", made.error().message));
  } else {
    return failure(made.error().code, fmt::format("OTEL_TRACES_SAMPLER_ARG of {}: {}",
                                                  config.sampler, made.error().message));
  }
  return {};
}

Status read_propagators(EnvReader& env, TracingConfig& config) {
  const auto list = env.text("OTEL_PROPAGATORS");
  if (!list) return {};
  const auto propagators = parse_propagators(*list);
  if (!propagators) {
    return failure(propagators.error().code,
                   fmt::format("OTEL_PROPAGATORS: {}", propagators.error().message));
  }
  config.propagators = *propagators;
  return {};
}

/// As firstInt of Go's SDK: of several variables the first that is set counts, and less than 0 is
/// no limit.
std::size_t read_limit(EnvReader& env, std::initializer_list<std::string_view> names,
                       std::size_t fallback) {
  for (const std::string_view name : names) {
    if (!env.text(name)) continue;
    constexpr std::int64_t kMost = 1 << 30;
    const std::int64_t limit = env.number(name, fallback == kUnlimited ? -1 : 128, -kMost, kMost);
    return limit < 0 ? kUnlimited : static_cast<std::size_t>(limit);
  }
  return fallback;
}

void read_limits(EnvReader& env, SpanLimits& limits) {
  limits.attributes = read_limit(
      env, {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT"}, limits.attributes);
  limits.value_length = read_limit(
      env, {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"},
      limits.value_length);
  limits.events = read_limit(env, {"OTEL_SPAN_EVENT_COUNT_LIMIT"}, limits.events);
  limits.links = read_limit(env, {"OTEL_SPAN_LINK_COUNT_LIMIT"}, limits.links);
  limits.event_attributes =
      read_limit(env, {"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT"}, limits.event_attributes);
  limits.link_attributes =
      read_limit(env, {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT"}, limits.link_attributes);
}

void read_batch(EnvReader& env, BatchOptions& batch) {
  constexpr std::int64_t kMost = 1 << 20;
  const auto size = [&](std::string_view name, std::size_t fallback) {
    return static_cast<std::size_t>(
        env.number(name, static_cast<std::int64_t>(fallback), 1, kMost));
  };
  batch.queue_size = size("OTEL_BSP_MAX_QUEUE_SIZE", batch.queue_size);
  batch.batch_size = size("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", batch.batch_size);
  if (batch.batch_size > batch.queue_size) {
    if (env.text("OTEL_BSP_MAX_EXPORT_BATCH_SIZE")) {
      env.warn(
          fmt::format("OTEL_BSP_MAX_EXPORT_BATCH_SIZE: {} is more than the queue holds; "
                      "using {}",
                      batch.batch_size, batch.queue_size));
    }
    batch.batch_size = batch.queue_size;
  }
  batch.delay = env.milliseconds("OTEL_BSP_SCHEDULE_DELAY", batch.delay);
  batch.export_timeout = env.milliseconds("OTEL_BSP_EXPORT_TIMEOUT", batch.export_timeout);
}

Status read_processors(EnvReader& env, TracingConfig& config) {
  const auto bad = [](std::string why) {
    return failure(ExitCode::usage,
                   fmt::format("OTEL_TRACES_EXPORTER: {}; use otlp, console, both with a comma "
                               "between, or none",
                               why));
  };
  const std::string processor = env.text_or("TRACETAX_PROCESSOR", "batch");
  if (processor != "batch" && processor != "simple") {
    return failure(ExitCode::usage,
                   fmt::format("TRACETAX_PROCESSOR: {}",
                               unknown_name("processor", processor,
                                            std::vector<std::string>{"batch", "simple"})));
  }
  config.processors.clear();
  for (const std::string& name : split_list(env.text_or("OTEL_TRACES_EXPORTER", "otlp"))) {
    ProcessorOptions one;
    if (name == to_string(ExporterKind::console)) {
      one = {ExporterKind::console, true};
    } else if (name == to_string(ExporterKind::otlp)) {
      one = {ExporterKind::otlp, processor == "simple"};
    } else {
      return bad(fmt::format("exporter '{}' is not supported", name));
    }
    const auto is_same = [&](const auto& other) { return other.exporter == one.exporter; };
    if (std::ranges::any_of(config.processors, is_same)) {
      return bad(fmt::format("exporter '{}' is named twice", name));
    }
    config.processors.push_back(one);
  }
  if (config.processors.empty()) return bad("no exporter is named");
  // The counts printed at the end are those of the first.
  std::ranges::sort(config.processors, {}, &ProcessorOptions::exporter);
  return {};
}

Status read_counting(EnvReader& env, TracingConfig& config) {
  const auto text = env.text("TRACETAX_COUNT_SPANS");
  if (!text) return {};
  const auto window = parse_duration(*text);
  const bool fits =
      window && *window >= std::chrono::milliseconds(1) && *window <= std::chrono::hours(1);
  if (!fits) {
    return failure(ExitCode::usage,
                   "TRACETAX_COUNT_SPANS: expected a time from 1ms to 1h, such as 1s");
  }
  config.count_spans = std::chrono::duration_cast<std::chrono::milliseconds>(*window);
  return {};
}

Status read_export(EnvReader& env, TracingConfig& config) {
  if (auto done = read_processors(env, config); !done) return done;
  if (auto done = read_counting(env, config); !done) return done;
  read_batch(env, config.batch);
  config.exporters = static_cast<unsigned>(env.number("TRACETAX_EXPORTERS", 1, 1, 64));
  if (config.processors.front().exporter != ExporterKind::otlp) return {};
  auto otlp = read_otlp_options(env);
  if (!otlp) return failure(otlp.error());
  config.otlp = std::move(*otlp);
  if (config.exporters > 1 && config.processors.front().simple) {
    env.warn("TRACETAX_EXPORTERS: a simple processor has one exporter; using 1");
    config.exporters = 1;
  }
  return {};
}

Status read_faults(EnvReader& env, TracingConfig& config) {
  const auto list = env.text("TRACETAX_FAULT");
  if (!list) return {};
  const auto faults = tracing_faults_of(split_list(*list));
  if (!faults) return failure(faults.error().within("TRACETAX_FAULT"));
  config.faults = *faults;
  return {};
}

/// What the code of such a service sets, whatever the environment says.
void apply_faults(EnvReader& env, TracingConfig& config) {
  for (const auto& fault : tracing_fault_catalog()) {
    if (config.faults.has(fault.make)) {
      env.warn(fmt::format("TRACETAX_FAULT: {} is on: {}", fault.name, fault.help));
    }
  }
  const auto set_sampler = [&](const char* name, const char* argument) {
    config.sampler = name;
    config.sampler_argument = argument;
  };
  if (config.faults.has(TracingFault::code_over_env)) set_sampler("always_on", "");
  if (config.faults.has(TracingFault::rate_zero)) set_sampler("traceidratio", "0");
  if (config.faults.has(TracingFault::no_propagator)) config.propagators = Propagators{};
  if (config.faults.has(TracingFault::wrong_address)) {
    config.otlp.endpoint.host = "127.0.0.1";
    config.otlp.endpoint.port = 1;  // tcpmux: nobody has it, and who is no root cannot take it
  }
  if (config.faults.has(TracingFault::no_exporter)) config.processors.clear();
  if (config.faults.has(TracingFault::sync_exporter)) {
    for (ProcessorOptions& processor : config.processors) processor.simple = true;
    config.exporters = 1;
  }
  // Of an SDK that is given a queue by code and does not fit the batch to it: no batch is ever
  // full.
  if (config.faults.has(TracingFault::full_queue)) config.batch.queue_size = 16;
}

KeyValueList read_resource(EnvReader& env) {
  KeyValueList resource = env.key_values("OTEL_RESOURCE_ATTRIBUTES");
  const auto put = [&](std::string_view key, std::string value) {
    const auto found = std::ranges::find(resource, key, [](const auto& kv) { return kv.first; });
    if (found != resource.end()) {
      found->second = std::move(value);
    } else {
      resource.emplace_back(key, std::move(value));
    }
  };
  const bool named =
      std::ranges::any_of(resource, [](const auto& kv) { return kv.first == "service.name"; });
  if (const auto name = env.text("OTEL_SERVICE_NAME")) {
    put("service.name", *name);
  } else if (!named) {
    put("service.name", "unknown_service:tracetax-target");
  }
  put("telemetry.sdk.name", "tracetax");
  put("telemetry.sdk.language", "cpp");
  put("telemetry.sdk.version", "0.1.0");
  std::ranges::sort(resource);  // by key, as Go keeps sets of attributes
  return resource;
}

}  // namespace

std::string_view to_string(TracerState state) noexcept {
  for (const auto& entry : kStates) {
    if (entry.second == state) return entry.first;
  }
  return "";
}

std::string_view to_string(ExporterKind kind) noexcept {
  return kind == ExporterKind::otlp ? "otlp" : "console";
}

Result<TracingConfig> read_tracing_config(const EnvironmentMap& variables) {
  EnvReader env(variables);
  return read_tracing_config(variables, env);
}

Result<TracingConfig> read_tracing_config(const EnvironmentMap& variables, EnvReader& env) {
  TracingConfig config;
  const auto state = read_state(env);
  if (!state) return failure(state.error());
  config.state = *state;
  if (config.state != TracerState::absent) {
    if (const auto read = read_sampler(env, config); !read) return failure(read.error());
    if (const auto read = read_propagators(env, config); !read) return failure(read.error());
    read_limits(env, config.limits);
    config.resource = read_resource(env);
  }
  if (config.state > TracerState::noop) {  // without an SDK nobody reads them
    if (auto known = check_variables(variables, env); !known) return failure(known.error());
  }
  if (config.state == TracerState::export_) {
    if (auto done = read_export(env, config); !done) return failure(done.error());
  }
  if (const auto read = read_faults(env, config); !read) return failure(read.error());
  if (config.state > TracerState::noop) apply_faults(env, config);
  config.warnings = env.warnings();
  return config;
}

}  // namespace tracetax
