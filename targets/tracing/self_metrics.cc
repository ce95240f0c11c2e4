// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/self_metrics.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace tracetax {
namespace {

KeyValueList component(std::string_view type, std::size_t number) {
  return {{"otel.component.name", fmt::format("{}/{}", type, number)},
          {"otel.component.type", std::string(type)}};
}

KeyValueList with_error(KeyValueList attributes, std::string error) {
  attributes.emplace_back("error.type", std::move(error));
  return attributes;
}

void add_processor(const ProcessorReading& reading, std::size_t number,
                   std::vector<SelfMetric>& metrics) {
  const auto add = [&](const char* name, KeyValueList attributes, double value) {
    metrics.push_back({name, std::move(attributes), value});
  };
  const auto count = [](std::uint64_t number_of) { return static_cast<double>(number_of); };
  const KeyValueList processor = component(reading.processor, number);
  const KeyValueList exporter = component(reading.exporter, number);
  if (reading.queue_capacity > 0) {
    add("otel.sdk.processor.span.queue.size", processor, count(reading.queue_size));
    add("otel.sdk.processor.span.queue.capacity", processor, count(reading.queue_capacity));
  }
  std::uint64_t failed = 0;
  for (const auto& [error, spans] : reading.failed) failed += spans;
  constexpr const char* kProcessed = "otel.sdk.processor.span.processed";
  add(kProcessed, processor, count(reading.exported + failed));
  if (reading.queue_full > 0) {
    add(kProcessed, with_error(processor, "queue_full"), count(reading.queue_full));
  }
  if (reading.after_shutdown > 0) {
    add(kProcessed, with_error(processor, "already_shutdown"), count(reading.after_shutdown));
  }
  add("otel.sdk.exporter.span.inflight", exporter, count(reading.in_flight));
  constexpr const char* kExported = "otel.sdk.exporter.span.exported";
  add(kExported, exporter, count(reading.exported));
  for (const auto& [error, spans] : reading.failed) {
    add(kExported, with_error(exporter, error.empty() ? "_OTHER" : error), count(spans));
  }
  add("otel.sdk.exporter.operation.duration.count", exporter, count(reading.exports));
  add("otel.sdk.exporter.operation.duration.sum", exporter,
      std::chrono::duration<double>(reading.export_time).count());
}

}  // namespace

std::vector<SelfMetric> self_metrics_of(const SpanCounts& spans,
                                        const std::vector<ProcessorReading>& readings) {
  const KeyValueList kept{{"otel.span.sampling_result", "RECORD_AND_SAMPLE"}};
  const KeyValueList dropped{{"otel.span.sampling_result", "DROP"}};
  // Read one after the other while spans go on, so a later one may have come further.
  const auto less = [](std::uint64_t a, std::uint64_t b) {
    return a > b ? static_cast<double>(a - b) : 0.0;
  };
  std::vector<SelfMetric> metrics{
      {"otel.sdk.span.started", kept, static_cast<double>(spans.sampled)},
      {"otel.sdk.span.started", dropped, less(spans.started, spans.sampled)},
      {"otel.sdk.span.live", kept, less(spans.sampled, spans.ended)}};
  for (std::size_t i = 0; i < readings.size(); ++i) add_processor(readings[i], i, metrics);
  return metrics;
}

std::string metrics_line(const std::string& service, const std::vector<SelfMetric>& metrics) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const SelfMetric& metric : metrics) {
    nlohmann::ordered_json one{{"name", metric.name}};
    for (const auto& [key, value] : metric.attributes) one["attributes"][key] = value;
    const auto whole = static_cast<std::uint64_t>(metric.value);
    if (static_cast<double>(whole) == metric.value) {
      one["value"] = whole;
    } else {
      one["value"] = metric.value;
    }
    list.push_back(std::move(one));
  }
  const nlohmann::ordered_json line{
      {"tracetax_metrics", {{"service", service}, {"metrics", std::move(list)}}}};
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace tracetax
