// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/variables.h"

#include <algorithm>
#include <array>

#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

constexpr auto kRead = VariableUse::read;
constexpr auto kWarned = VariableUse::warned;
constexpr auto kRefused = VariableUse::refused;

constexpr std::string_view kSignal = "[TRACES_]";
constexpr std::string_view kNoMetrics = "metrics; none are made here";
constexpr std::string_view kNoLogs = "logs; none are made here";
constexpr std::string_view kOtherSdk = "another SDK's";

constexpr auto kVariables = std::to_array<Variable>({
    {"OTEL_SDK_DISABLED", kRead, "true: every state but absent becomes noop"},
    {"OTEL_SERVICE_NAME", kRead, "service.name of the resource"},
    {"OTEL_RESOURCE_ATTRIBUTES", kRead, "key=value, ... of the resource, percent-encoded"},
    {"OTEL_PROPAGATORS", kRead,
     "tracecontext, baggage, b3, b3multi, jaeger, xray, ottrace with commas between, or none"},
    {"OTEL_TRACES_SAMPLER", kRead, "a name of --list-samplers"},
    {"OTEL_TRACES_SAMPLER_ARG", kRead, "a share from 0 to 1; of samplers of ours: their settings"},
    {"OTEL_TRACES_EXPORTER", kRead, "otlp, console, both with a comma between, or none"},
    {"OTEL_BSP_SCHEDULE_DELAY", kRead, "ms; 5000"},
    {"OTEL_BSP_EXPORT_TIMEOUT", kRead, "ms; 30000"},
    {"OTEL_BSP_MAX_QUEUE_SIZE", kRead, "spans; 2048"},
    {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", kRead, "spans; 512"},
    {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", kRead, "128; less than 0: no limit, as of all limits"},
    {"OTEL_ATTRIBUTE_COUNT_LIMIT", kRead, "the same, where the one before is not set"},
    {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", kRead, "characters; no limit"},
    {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", kRead, "the same, where the one before is not set"},
    {"OTEL_SPAN_EVENT_COUNT_LIMIT", kRead, "128"},
    {"OTEL_SPAN_LINK_COUNT_LIMIT", kRead, "128"},
    {"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", kRead, "128"},
    {"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", kRead, "128"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]PROTOCOL", kRead, "http/protobuf, http/json or grpc"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]ENDPOINT", kRead,
     "http:// or https:// and the host; grpc takes host:port too"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]INSECURE", kRead,
     "true: no TLS to a grpc endpoint without a scheme"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]HEADERS", kRead, "key=value, ..., percent-encoded"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]TIMEOUT", kRead, "ms of one attempt; 10000"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]COMPRESSION", kRead, "gzip or none"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]CERTIFICATE", kRead, "PEM file of the CAs to trust"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]CLIENT_CERTIFICATE", kRead, "PEM file; needs the key"},
    {"OTEL_EXPORTER_OTLP_[TRACES_]CLIENT_KEY", kRead, "PEM file; needs the certificate"},
    {"OTEL_SEMCONV_STABILITY_OPT_IN", kRead, "rpc, rpc/old or rpc/dup, of gRPC targets"},
    {"TRACETAX_STATE", kRead, "absent, noop, drop, record or export"},
    {"TRACETAX_PROCESSOR", kRead, "batch or simple, of otlp; not OTel"},
    {"TRACETAX_EXPORTERS", kRead, "exports at a time, each on its connection: 1 to 64; not OTel"},
    {"TRACETAX_COUNT_SPANS", kRead,
     "a time such as 1s: SERVER spans are counted for so long, only the counts exported; not OTel"},
    {"TRACETAX_KEEPALIVE", kRead, "ms between pings of an idle grpc connection; not OTel"},
    {"TRACETAX_FAULT", kRead, "names of --list-faults with commas between"},
    {"OTEL_CONFIG_FILE", kRefused, "it replaces all other variables"},
    {"OTEL_EXPERIMENTAL_CONFIG_FILE", kRefused, "it replaces all other variables"},
    {"OTEL_LOG_LEVEL", kWarned, "the SDK's own log; it has no levels"},
    {"OTEL_ENTITIES", kWarned, "entities of the resource; in development"},
    {"OTEL_METRICS_EXPORTER", kWarned, kNoMetrics},
    {"OTEL_METRICS_*", kWarned, kNoMetrics},
    {"OTEL_METRIC_*", kWarned, kNoMetrics},
    {"OTEL_EXPORTER_OTLP_METRICS_*", kWarned, kNoMetrics},
    {"OTEL_EXPORTER_PROMETHEUS_*", kWarned, kNoMetrics},
    {"OTEL_LOGS_EXPORTER", kWarned, kNoLogs},
    {"OTEL_BLRP_*", kWarned, kNoLogs},
    {"OTEL_LOGRECORD_*", kWarned, kNoLogs},
    {"OTEL_EXPORTER_OTLP_LOGS_*", kWarned, kNoLogs},
    {"OTEL_EXPORTER_ZIPKIN_*", kWarned, "there is no such exporter"},
    {"OTEL_EXPORTER_JAEGER_*", kWarned, "there is no such exporter"},
    {"OTEL_GO_*", kWarned, "experiments of Go's SDK"},
    {"OTEL_DOTNET_*", kWarned, kOtherSdk},
    {"OTEL_INSTRUMENTATION_*", kWarned, kOtherSdk},
    {"OTEL_JAVA*", kWarned, kOtherSdk},
    {"OTEL_NODE_*", kWarned, kOtherSdk},
    {"OTEL_PHP_*", kWarned, kOtherSdk},
    {"OTEL_PYTHON_*", kWarned, kOtherSdk},
    {"OTEL_RUBY_*", kWarned, kOtherSdk},
});

const Variable* find_variable(std::string_view name) {
  for (const Variable& variable : kVariables) {
    for (const std::string& known : names_of(variable)) {
      const bool is_prefix = variable.name.ends_with('*');
      if (is_prefix ? name.starts_with(known) : name == known) return &variable;
    }
  }
  return nullptr;
}

/// What the read ones are called after `prefix`.
std::vector<std::string> known_after(std::string_view prefix) {
  std::vector<std::string> known;
  for (const Variable& variable : kVariables) {
    if (variable.use != kRead || !variable.name.starts_with(prefix)) continue;
    for (const std::string& name : names_of(variable)) known.push_back(name.substr(prefix.size()));
  }
  return known;
}

void warn_of_unknown(std::string_view name, std::string_view prefix, EnvReader& env) {
  const auto near = nearest_name(name.substr(prefix.size()), known_after(prefix));
  if (near) {
    env.warn(
        fmt::format("{}: no such variable, ignored; did you mean '{}{}'?", name, prefix, *near));
  } else if (prefix == "OTEL_") {
    env.warn(fmt::format("{}: this SDK knows no such variable; ignored", name));
  }
}

std::string_view word_of(VariableUse use) {
  switch (use) {
    case kRead:
      return "read";
    case kWarned:
      return "warning";
    case kRefused:
      return "refused";
  }
  return "";
}

}  // namespace

std::span<const Variable> sdk_variables() { return kVariables; }

std::vector<std::string> names_of(const Variable& variable) {
  const std::string name(variable.name.substr(0, variable.name.find('*')));
  const auto at = name.find(kSignal);
  if (at == std::string::npos) return {name};
  const std::string tail = name.substr(at + kSignal.size());
  return {name.substr(0, at) + tail, name.substr(0, at) + "TRACES_" + tail};
}

Status check_variables(const EnvironmentMap& variables, EnvReader& env) {
  for (const auto& [name, value] : variables) {
    if (value.find_first_not_of(" \t\r\n") == std::string::npos) continue;  // empty is unset
    const bool is_otel = name.starts_with("OTEL_");
    if (!is_otel && !name.starts_with("TRACETAX_")) continue;
    const Variable* known = find_variable(name);
    if (known == nullptr) {
      warn_of_unknown(name, is_otel ? "OTEL_" : "TRACETAX_", env);
    } else if (known->use == kRefused) {
      return failure(ExitCode::usage, fmt::format("{}: this SDK does not support it ({}); unset it",
                                                  name, known->what));
    } else if (known->use == kWarned && value != "none") {
      env.warn(fmt::format("{}: not supported and ignored: {}", name, known->what));
    }
  }
  return {};
}

std::string variables_table() {
  std::string table = "| variable | use | what |\n|---|---|---|\n";
  for (const Variable& variable : kVariables) {
    table +=
        fmt::format("| `{}` | {} | {} |\n", variable.name, word_of(variable.use), variable.what);
  }
  return table;
}

}  // namespace tracetax
