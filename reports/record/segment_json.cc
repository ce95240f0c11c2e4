// SPDX-License-Identifier: Apache-2.0
#include "reports/record/segment_json.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/gate/metric.h"
#include "harness/core/receipt/receipt_json.h"
#include "harness/core/text/suggest.h"
#include "reports/record/histogram_json.h"
#include "reports/record/json_values.h"
#include "reports/record/otlp_json.h"
#include "reports/record/series_json.h"
#include "reports/record/warmth_json.h"

namespace tracetax {
namespace {

constexpr int kMostIndex = std::numeric_limits<int>::max();
constexpr VoidRule kVoidRules[] = {
    VoidRule::rate_not_achieved, VoidRule::too_many_errors,  VoidRule::driver_lag,
    VoidRule::machine_stalled,   VoidRule::driver_saturated, VoidRule::receipt_open,
    VoidRule::target_restarted,  VoidRule::target_failed,    VoidRule::not_warm,
    VoidRule::target_killed,     VoidRule::companion_failed, VoidRule::invariant_broken,
    VoidRule::interrupted};

void add_usage(const SegmentRecord& segment, Json& json) {
  const std::optional<TargetUsage>& usage = segment.usage;
  if (!usage) {
    for (const char* key :
         {"cpu_us", "cpu_us_per_request", "rss_peak", "rss_steady", "ctx_switches"}) {
      json[key] = nullptr;
    }
    return;
  }
  const double total_us = static_cast<double>(usage->cpu_ns) / 1e3;
  Json& cpu = json["cpu_us"] = Json::object();
  cpu["total"] = total_us;
  cpu["user_share"] = number_or_null(usage->cpu_user_share);
  cpu["drain"] = static_cast<double>(usage->cpu_drain_ns) / 1e3;
  json["cpu_us_per_request"] =
      segment.requests > 0 ? Json(total_us / static_cast<double>(segment.requests)) : Json(nullptr);
  json["rss_peak"] = usage->rss_peak_bytes;
  json["rss_steady"] = usage->rss_steady_bytes;
  json["ctx_switches"] = {{"voluntary", usage->voluntary_switches},
                          {"involuntary", usage->involuntary_switches}};
  if (usage->instructions) json["instructions"] = *usage->instructions;
  if (usage->cycles) json["cycles"] = *usage->cycles;
}

void add_services(const SegmentRecord& segment, Json& json) {
  for (const ServiceUsage& service : segment.services) {
    const double us = static_cast<double>(service.cpu_ns) / 1e3;
    Json entry = {{"name", service.name}, {"role", name_of(service.role)}, {"cpu_us", us}};
    entry["cpu_us_per_request"] =
        segment.requests > 0 ? Json(us / static_cast<double>(segment.requests)) : Json(nullptr);
    entry["rss_peak"] = service.rss_peak_bytes;
    json["services"].push_back(std::move(entry));
  }
}

/// Microseconds with three decimals back to whole nanoseconds: exact below 2^51 ns, 26 days of CPU.
std::uint64_t read_nanos(JsonFields& fields, std::string_view key) {
  fields.require(key, "a number of microseconds");
  const double us = fields.number(key, 0, 0x1p51 / 1e3).value_or(0);
  return static_cast<std::uint64_t>(std::llround(us * 1e3));
}

std::optional<TargetUsage> read_usage(JsonFields& fields) {
  const Json* cpu = fields.object("cpu_us");
  if (cpu == nullptr) return std::nullopt;
  TargetUsage usage;
  JsonFields cpu_fields(*cpu, fields.pointer_to("cpu_us"), fields.mistakes());
  usage.cpu_ns = read_nanos(cpu_fields, "total");
  usage.cpu_user_share = read_number(cpu_fields, "user_share");
  usage.cpu_drain_ns = read_nanos(cpu_fields, "drain");
  usage.rss_peak_bytes = read_count(fields, "rss_peak");
  usage.rss_steady_bytes = read_count(fields, "rss_steady");
  fields.require("ctx_switches", "an object");
  if (const Json* switches = fields.object("ctx_switches")) {
    JsonFields inner(*switches, fields.pointer_to("ctx_switches"), fields.mistakes());
    usage.voluntary_switches = read_count(inner, "voluntary");
    usage.involuntary_switches = read_count(inner, "involuntary");
  }
  usage.instructions = fields.unsigned_integer("instructions");
  usage.cycles = fields.unsigned_integer("cycles");
  return usage;
}

std::vector<ServiceUsage> read_service_usages(JsonFields& fields) {
  std::vector<ServiceUsage> services;
  const Json* list = fields.array("services");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    JsonFields entry((*list)[i], fmt::format("{}/{}", fields.pointer_to("services"), i),
                     fields.mistakes());
    ServiceUsage service;
    service.name = read_text(entry, "name");
    service.role = entry
                       .choice<ServiceRole>("role", {{"subject", ServiceRole::subject},
                                                     {"companion", ServiceRole::companion}})
                       .value_or(service.role);
    service.cpu_ns = read_nanos(entry, "cpu_us");
    service.rss_peak_bytes = read_count(entry, "rss_peak");
    services.push_back(std::move(service));
  }
  return services;
}

struct SelfCountField {
  const char* key;
  std::uint64_t SelfCounts::*member;
};
constexpr SelfCountField kSelfCountFields[] = {{"started", &SelfCounts::started},
                                               {"sampled", &SelfCounts::sampled},
                                               {"ended", &SelfCounts::ended},
                                               {"dropped", &SelfCounts::dropped},
                                               {"exported", &SelfCounts::exported},
                                               {"failed", &SelfCounts::failed},
                                               {"set_after_end", &SelfCounts::set_after_end}};
struct SelfTextField {
  const char* key;
  std::string SelfCounts::*member;
};
constexpr SelfTextField kSelfTextFields[] = {{"sampler", &SelfCounts::sampler},
                                             {"exporter", &SelfCounts::exporter},
                                             {"processor", &SelfCounts::processor}};

Json self_counts_to_json(const std::optional<SelfCounts>& counts) {
  if (!counts) return nullptr;
  Json json = Json::object();
  for (const SelfCountField& field : kSelfCountFields) {
    if (field.member != &SelfCounts::set_after_end || counts->set_after_end > 0)
      json[field.key] = (*counts).*field.member;
  }
  for (const SelfTextField& field : kSelfTextFields) {
    if (!((*counts).*field.member).empty()) json[field.key] = (*counts).*field.member;
  }
  return json;
}

Json core_to_json(const SegmentRecord& segment) {
  if (!segment.core) return nullptr;
  return {{"mean_ns", number_or_null(segment.core->mean_ns)},
          {"fastest_ns", number_or_null(segment.core->fastest_ns)},
          {"slow_share", number_or_null(segment.core->slow_share)},
          {"probes", segment.core->probes}};
}

std::optional<CoreSpeed> read_core(JsonFields& fields) {
  const Json* object = fields.object("core");
  if (object == nullptr) return std::nullopt;
  JsonFields inner(*object, fields.pointer_to("core"), fields.mistakes());
  return CoreSpeed{.mean_ns = inner.number("mean_ns", 0, 1e12).value_or(0),
                   .fastest_ns = inner.number("fastest_ns", 0, 1e12).value_or(0),
                   .slow_share = inner.number("slow_share", 0, 1).value_or(0),
                   .probes = read_count(inner, "probes")};
}

std::optional<SelfCounts> read_self_counts(JsonFields& fields) {
  const Json* object = fields.object("self_counts");
  if (object == nullptr) return std::nullopt;
  JsonFields inner(*object, fields.pointer_to("self_counts"), fields.mistakes());
  SelfCounts counts;
  for (const SelfCountField& field : kSelfCountFields) {
    // Absent where there is none.
    if (field.member == &SelfCounts::set_after_end && !inner.has(field.key)) continue;
    counts.*field.member = read_count(inner, field.key);
  }
  for (const SelfTextField& field : kSelfTextFields)
    counts.*field.member = inner.text(field.key).value_or("");
  return counts;
}

std::map<std::string, ServiceMetrics> read_service_metrics(JsonFields& fields) {
  std::map<std::string, ServiceMetrics> all;
  const Json* services = fields.object("service_metrics");
  if (services == nullptr) return all;
  for (const auto& [service, metrics] : services->items()) {
    ServiceMetrics& into = all[service];
    for (const auto& [name, value] : metrics.items()) {
      if (value.is_number()) into[name] = value.get<double>();
    }
  }
  return all;
}

std::vector<InvariantSeen> read_invariants(JsonFields& fields) {
  std::vector<InvariantSeen> all;
  const Json* list = fields.array("invariants");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    JsonFields entry((*list)[i], fmt::format("{}/{}", fields.pointer_to("invariants"), i),
                     fields.mistakes());
    entry.require("holds", "true or false");
    all.push_back({read_text(entry, "service"), read_text(entry, "name"),
                   entry.boolean("holds").value_or(false), read_text(entry, "saw")});
  }
  return all;
}

const char* place_of(const RequestTime& time) { return time.of_messages ? "messages" : "hist"; }

void add_times(const RequestTimes& times, Json& json) {
  json["hist"] = Json::object();
  if (times.messages() > 0) json["messages"] = {{"count", times.messages()}};
  for (const RequestTime& time : kRequestTimes) {
    if (time.of_messages && times.messages() == 0) continue;
    json[place_of(time)][time.name] = histogram_to_json(times.*time.histogram);
  }
}

RequestTimes read_times(JsonFields& fields) {
  RequestTimes times;
  fields.require("hist", "the histograms");
  for (const RequestTime& time : kRequestTimes) {
    const char* place = place_of(time);
    const Json* object = fields.object(place);
    if (object == nullptr) continue;
    JsonFields inner(*object, fields.pointer_to(place), fields.mistakes());
    times.*time.histogram = read_histogram(inner, time.name);
  }
  times.pack();  // those that were not there too
  return times;
}

Json voids_to_json(const std::vector<VoidReason>& voids) {
  Json list = Json::array();
  for (const VoidReason& reason : voids) {
    list.push_back({{"rule", name_of(reason.rule)}, {"detail", reason.detail}});
  }
  return list;
}

std::vector<VoidReason> read_voids(JsonFields& fields) {
  std::vector<VoidReason> voids;
  fields.require("voids", "a list, empty if the segment is valid");
  const Json* list = fields.array("voids");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    JsonFields entry((*list)[i], fields.pointer_to("voids") + '/' + std::to_string(i),
                     fields.mistakes());
    const std::string rule = read_text(entry, "rule");
    const auto* known = std::find_if(std::begin(kVoidRules), std::end(kVoidRules),
                                     [&](VoidRule r) { return name_of(r) == rule; });
    if (known == std::end(kVoidRules)) {
      entry.mistake("rule", "is no rule known here");
      continue;
    }
    voids.push_back({*known, read_text(entry, "detail")});
  }
  return voids;
}

Receipt read_receipt(JsonFields& fields) {
  fields.require("spans", "the receipt");
  const Json* spans = fields.object("spans");
  if (spans == nullptr) return {};
  auto receipt = receipt_from_json(*spans);
  if (receipt) return std::move(*receipt);
  fields.mistake("spans", receipt.error().message);
  return {};
}

}  // namespace

Json spec_to_json(const SegmentSpec& spec, const Suite& suite) {
  Json json = Json::object();
  json["cell"] = spec.cell;
  json["block"] = spec.block;
  json["pos"] = spec.position;
  json["arm"] = suite.arms.at(static_cast<std::size_t>(spec.arm)).name;
  json["kind"] = name_of(spec.kind);
  json["arrival_seed"] = seed_text(spec.arrival_seed);
  json["id_seed"] = seed_text(spec.id_seed);
  json["slices"] = spec.slices;
  json["environment_pad"] = spec.environment_pad;
  return json;
}

SegmentSpec read_spec(JsonFields& fields, const Suite& suite, std::size_t cells) {
  SegmentSpec spec;
  spec.cell = read_index(fields, "cell", static_cast<int>(cells) - 1);
  spec.block = read_index(fields, "block", kMostIndex);
  spec.position = read_index(fields, "pos", kMostIndex);
  fields.require("arm", "the name of an arm");
  if (const auto arm = fields.text("arm")) {
    const auto found = std::find_if(suite.arms.begin(), suite.arms.end(),
                                    [&](const ArmSpec& a) { return a.name == *arm; });
    if (found == suite.arms.end()) {
      fields.mistake("arm", "is no arm of config.resolved");
    } else {
      spec.arm = static_cast<int>(found - suite.arms.begin());
    }
  }
  fields.require("kind", "\"open\" or \"capacity\"");
  spec.kind =
      fields
          .choice<SegmentKind>("kind", {{name_of(SegmentKind::open), SegmentKind::open},
                                        {name_of(SegmentKind::capacity), SegmentKind::capacity}})
          .value_or(SegmentKind::open);
  spec.arrival_seed = read_seed(fields, "arrival_seed");
  spec.id_seed = read_seed(fields, "id_seed");
  // Absent in results of versions before slices.
  spec.slices = static_cast<int>(fields.integer("slices", 1, kMostIndex).value_or(1));
  spec.environment_pad = read_index(fields, "environment_pad", kMostIndex);
  return spec;
}

Json segment_to_json(const SegmentRecord& segment, const Suite& suite) {
  Json json = spec_to_json(segment.spec, suite);
  json["t0"] = text_or_null(segment.started_at);
  json["dur_s"] = number_or_null(segment.duration_s);
  json["requests"] = segment.requests;
  json["sent"] = segment.sent;
  json["late"] = segment.late;
  json["errors"] = map_to_json(segment.errors);
  const bool open = segment.spec.kind == SegmentKind::open;
  json["asked_rate"] = open ? number_or_null(segment.asked_rate) : Json(nullptr);
  json["achieved_rate"] = number_or_null(segment.achieved_rate);
  json["sampled_share"] = number_or_null(segment.sampled_share);
  add_usage(segment, json);
  add_services(segment, json);
  json["self_counts"] = self_counts_to_json(segment.self_counts);
  for (const auto& [service, metrics] : segment.service_metrics)
    json["service_metrics"][service] = map_to_json(metrics);
  for (const InvariantSeen& seen : segment.invariants)
    json["invariants"].push_back(
        {{"service", seen.service}, {"name", seen.name}, {"holds", seen.holds}, {"saw", seen.saw}});
  if (!segment.export_words.empty()) json["export_words"] = segment.export_words;
  if (segment.otlp) json["otlp"] = otlp_to_json(*segment.otlp);
  json["spans"] = receipt_to_json(segment.receipt);
  json["lag_limit_ns"] = segment.lag_limit_ns > 0 ? number_or_null(segment.lag_limit_ns) : Json();
  json["driver"] = {{"cpu_us_per_request", number_or_null(segment.driver_cpu_us_per_request)},
                    {"busy", number_or_null(segment.driver_busy)}};
  json["core"] = core_to_json(segment);
  json["target_busy"] = segment.target_busy ? number_or_null(*segment.target_busy) : Json(nullptr);
  json["send_lag_p99_ns"] =
      segment.times.lag.supports(0.99) ? Json(segment.times.lag.percentile(99)) : Json(nullptr);
  json["steal_pct"] = number_or_null(segment.steal_pct);
  json["throttled"] = segment.throttled;
  json["answer_digest"] = text_or_null(segment.answer_digest);
  json["voids"] = voids_to_json(segment.voids);
  json["warnings"] = segment.warnings;
  json["quantiles_ns"] = {{"response", quantiles_to_json(segment.times.response())},
                          {"service", quantiles_to_json(segment.times.service())}};
  add_warmth(segment, json);
  if (!segment.series.ticks.empty()) json["series"] = series_to_json(segment.series);
  add_times(segment.times, json);
  return json;
}

SegmentRecord read_segment(JsonFields& fields, const Suite& suite, std::size_t cells) {
  SegmentRecord segment;
  segment.spec = read_spec(fields, suite, cells);
  segment.arm = suite.arms.at(static_cast<std::size_t>(segment.spec.arm)).name;
  segment.started_at = read_text(fields, "t0");
  segment.duration_s = read_number(fields, "dur_s");
  segment.requests = read_count(fields, "requests");
  segment.sent = read_count(fields, "sent");
  segment.late = read_count(fields, "late");
  segment.errors = read_counts(fields, "errors");
  const bool open = segment.spec.kind == SegmentKind::open;
  segment.asked_rate = open ? read_number(fields, "asked_rate") : 0;
  segment.achieved_rate = read_number(fields, "achieved_rate");
  segment.sampled_share = read_number(fields, "sampled_share");
  segment.usage = read_usage(fields);
  segment.services = read_service_usages(fields);
  segment.self_counts = read_self_counts(fields);
  segment.service_metrics = read_service_metrics(fields);
  segment.invariants = read_invariants(fields);
  segment.export_words = fields.text("export_words").value_or("");
  segment.otlp = read_otlp(fields, "otlp");
  segment.receipt = read_receipt(fields);
  fields.require("driver", "an object");
  if (const Json* driver = fields.object("driver")) {
    JsonFields inner(*driver, fields.pointer_to("driver"), fields.mistakes());
    segment.driver_cpu_us_per_request = read_number(inner, "cpu_us_per_request");
    segment.driver_busy = read_number(inner, "busy");
  }
  segment.lag_limit_ns = fields.number("lag_limit_ns", 0, 1e12).value_or(0);
  segment.core = read_core(fields);
  segment.target_busy = fields.number("target_busy", 0, 1e6);
  segment.steal_pct = read_number(fields, "steal_pct");
  segment.throttled = read_count(fields, "throttled");
  segment.answer_digest = read_text(fields, "answer_digest");
  segment.voids = read_voids(fields);
  segment.warnings = fields.texts("warnings").value_or(std::vector<std::string>{});
  read_warmth(fields, segment);
  segment.series = read_series(fields, "series");
  segment.times = read_times(fields);
  return segment;
}

}  // namespace tracetax
