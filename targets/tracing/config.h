// The tracer's settings, read from OTEL_* and TRACETAX_STATE and from nowhere else.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "targets/tracing/context/propagators.h"
#include "targets/tracing/env.h"
#include "targets/tracing/faults/faults.h"
#include "targets/tracing/otlp_config.h"
#include "targets/tracing/span.h"

namespace tracetax {

/// How far tracing goes; each state costs all that the ones before it cost.
enum class TracerState {
  absent,  // no instrumentation at all
  noop,    // the API without an SDK: instrumentation runs, makes attributes, gets no-op spans
  drop,    // the SDK is there and makes ids, its sampler always says no
  record,  // spans are recorded and ended, nobody exports them
  export_  // the full path
};
[[nodiscard]] std::string_view to_string(TracerState state) noexcept;

struct BatchOptions {
  std::size_t queue_size = 2048;
  std::size_t batch_size = 512;  // at most queue_size
  std::chrono::milliseconds delay{5000};
  std::chrono::milliseconds export_timeout{30'000};
};

enum class ExporterKind { otlp, console };
[[nodiscard]] std::string_view to_string(ExporterKind kind) noexcept;

/// One of OTEL_TRACES_EXPORTER's list. The console's is simple, as the OTel specification has it.
struct ProcessorOptions {
  ExporterKind exporter = ExporterKind::otlp;
  bool simple = false;  // synchronous; else batch
};

struct TracingConfig {
  TracerState state = TracerState::export_;
  std::string sampler = "parentbased_always_on";  // a name in sampler_catalog()
  std::string sampler_argument;                   // one that this sampler takes, or empty
  std::optional<Propagators> propagators;         // OTEL_PROPAGATORS; nothing: it is not set
  SpanLimits limits;
  std::vector<ProcessorOptions> processors{ProcessorOptions{}};  // empty: a fault
  std::optional<std::chrono::milliseconds> count_spans;  // SERVER spans are counted for so long,
                                                         // and only the counts exported
  BatchOptions batch;
  unsigned exporters = 1;  // of a batch processor that sends OTLP: so many exports at a time
  OtlpOptions otlp;
  SampleRate lost;  // share of the ended spans that vanish uncounted: to see that a receipt tells
  TracingFaults faults;   // of TRACETAX_FAULT; those that are settings are in force above
  KeyValueList resource;  // service.name and telemetry.sdk.* included
  std::vector<std::string> warnings;
};

/// TRACETAX_STATE wins, except that OTEL_SDK_DISABLED=true makes every state but `absent` a noop,
/// and OTEL_TRACES_EXPORTER=none makes `export` a record. Without TRACETAX_STATE the state is
/// export, changed by the same two. Unreadable values warn and fall back, as the OTel specification
/// asks; what would change the path measured (state, exporter, protocol, endpoint, compression,
/// certificates, propagators, settings of samplers of ours) is an error. Variables that are not
/// supported: variables.h.
[[nodiscard]] Result<TracingConfig> read_tracing_config(const EnvironmentMap& variables);
/// The same; `env` then knows what was asked for.
[[nodiscard]] Result<TracingConfig> read_tracing_config(const EnvironmentMap& variables,
                                                        EnvReader& env);

/// What is in force in a few words each, for the line with the counts: "otlp http/protobuf
/// http://127.0.0.1:4318/v1/traces", "batch queue=2048 batch=512 delay=5000ms". Of several
/// processors the first; "none": there is none.
[[nodiscard]] std::string exporter_in_force(const TracingConfig& config);
[[nodiscard]] std::string processor_in_force(const TracingConfig& config);

/// What is in force, a line each, for people: "batch: queue 2048, ...". No header's value is in it.
[[nodiscard]] std::vector<std::string> describe_export(const TracingConfig& config);

}  // namespace tracetax
